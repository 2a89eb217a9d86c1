import NIOCore
import RoostJobs
import Testing

@testable import RoostAPI

@Suite("a cursor knows what is news")
struct JobEventCursorTests {
    private let job = JobRecord(
        NewJob(type: "t", payload: []), state: .running, insertedAt: Timestamp(microseconds: 1), runAt: nil)

    private func log(_ lines: (at: Int64, text: String)...) -> [LogLine] {
        lines.map { LogLine(at: Timestamp(microseconds: $0.at), attempt: 1, text: $0.text) }
    }

    private func texts(_ events: [ServerSentEvent]) -> [String] {
        events.filter { $0.name == "log" }.compactMap { event in
            (try? JSONScanner.parseObject(event.data, maximumDepth: 4))?["text"]?.string
        }
    }

    @Test("what was told is not told again, and what was not, is")
    func news() throws {
        var cursor = JobEventCursor()
        let first = cursor.events(job, JobNotes(progress: [0x31], log: log((5, "a"), (5, "b"))))
        #expect(first.map(\.name) == ["state", "progress", "log", "log"])
        #expect(cursor.events(job, JobNotes(progress: [0x31], log: log((5, "a"), (5, "b")))).isEmpty)
        // A line of the same microsecond, and one of a clock that was set back.
        let more = cursor.events(job, JobNotes(progress: [0x32], log: log((5, "a"), (5, "b"), (5, "c"), (3, "d"))))
        #expect(more.map(\.name) == ["progress", "log", "log"])
        #expect(texts(more) == ["c", "d"])
    }

    @Test("from every event on, the rest follows", arguments: 0..<6)
    func resume(place: Int) throws {
        let notes = JobNotes(progress: [0x31], log: log((5, "a"), (5, "b"), (6, "c"), (6, "d")))
        var cursor = JobEventCursor()
        let all = cursor.events(job, notes)
        var resumed = try #require(JobEventCursor(all[place].id))
        #expect(resumed.id == all[place].id)
        #expect(resumed.events(job, notes) == Array(all[(place + 1)...]))
    }

    @Test("what a job left comes before its end")
    func order() {
        var cursor = JobEventCursor()
        _ = cursor.events(job, JobNotes())
        var ended = job
        ended.state = .done
        let events = cursor.events(ended, JobNotes(progress: [0x31], log: log((1, "a"))))
        #expect(events.map(\.name) == ["progress", "log", "state", "end"])
        #expect(cursor.hasEnd && cursor.isComplete(ended) && !cursor.isComplete(job))
    }

    @Test("a log that lost its oldest lines has only new ones")
    func lost() {
        var cursor = JobEventCursor()
        _ = cursor.events(job, JobNotes(log: log((1, "a"), (2, "b"))))
        #expect(texts(cursor.events(job, JobNotes(log: log((2, "b"), (3, "c"))))) == ["c"])
        #expect(texts(cursor.events(job, JobNotes(log: log((7, "x"), (8, "y"))))) == ["x", "y"])
    }

    @Test("data of several lines is put together again by who reads it")
    func lines() {
        var buffer = ByteBuffer()
        buffer.write(ServerSentEvent(name: "n", id: "1", data: Array("a\nb\r\nc\rd\n".utf8)))
        #expect(String(buffer: buffer) == "event: n\nid: 1\ndata: a\ndata: b\ndata: c\ndata: d\ndata: \n\n")
    }
}
