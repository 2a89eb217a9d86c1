import RoostJobs
import Testing

@testable import RoostNode

@Suite("what handlers tell, as a machine")
struct NoteBufferTests {
    let start = ContinuousClock.now

    private func woken(_ buffer: inout NoteBuffer, at now: ContinuousClock.Instant) throws -> NoteBuffer.Batch {
        let batch = buffer.wake(now: now)
        return try #require(batch)
    }

    @Test("what is told together is sent together, with the newest progress")
    func gathers() {
        var buffer = NoteBuffer()
        let wakes = [
            buffer.tell(progress: [1], now: start), buffer.tell(line: "a", now: start),
            buffer.tell(progress: [2], now: start), buffer.tell(line: "b", now: start),
        ]
        #expect(wakes == [start + NoteBuffer.gathering, nil, nil, nil])
        let batch = buffer.wake(now: start + NoteBuffer.gathering)
        #expect(batch == NoteBuffer.Batch(progress: [2], log: ["a", "b"], gap: 0))
        let nothing = buffer.wake(now: start + .seconds(1))
        #expect(nothing == nil)
    }

    @Test("from one send to the next a quarter of a second goes by, however much is told")
    func paced() throws {
        var buffer = NoteBuffer()
        var (now, sends, wake) = (start, 0, buffer.tell(line: "x", now: start))
        while now < start + .seconds(10) {
            now += .milliseconds(1)
            wake = buffer.tell(line: "x", now: now) ?? wake
            guard let due = wake, due <= now, let batch = buffer.wake(now: now) else { continue }
            sends += 1
            wake = buffer.sent(batch, .kept, now: now)
        }
        #expect((38...41).contains(sends))
    }

    @Test("nothing is sent while a send is under way")
    func oneAtATime() throws {
        var buffer = NoteBuffer()
        _ = buffer.tell(line: "a", now: start)
        let first = try woken(&buffer, at: start)
        let wake = buffer.tell(line: "b", now: start)
        #expect(wake == nil)
        let second = buffer.wake(now: start + .seconds(9))
        #expect(second == nil)
        let next = buffer.sent(first, .kept, now: start + .seconds(9))
        #expect(next == start + .seconds(9) + NoteBuffer.gathering)
    }

    @Test("a send that failed is repeated before newer lines, after a pause; newer progress wins")
    func failed() throws {
        var buffer = NoteBuffer()
        _ = buffer.tell(progress: [1], now: start)
        _ = buffer.tell(line: "a", now: start)
        let first = try woken(&buffer, at: start)
        _ = buffer.tell(line: "b", now: start)
        let wake = buffer.sent(first, .failed, now: start)
        #expect(wake == start + NoteBuffer.pause)
        let second = try woken(&buffer, at: start + NoteBuffer.pause)
        #expect(second == NoteBuffer.Batch(progress: [1], log: ["a", "b"], gap: 0))
        _ = buffer.tell(progress: [2], now: start)
        _ = buffer.sent(second, .failed, now: start)
        buffer.close()
        let last = buffer.takeLast(now: start)
        #expect(last == NoteBuffer.Batch(progress: [2], log: ["a", "b"], gap: 0))
        #expect(buffer.dropped == 0)
    }

    @Test("lines beyond the limits go, the oldest first, are counted, and the log says so once")
    func bounded() throws {
        var buffer = NoteBuffer()
        for index in 0..<2000 { _ = buffer.tell(line: "\(index)", now: start) }
        let batch = try woken(&buffer, at: start)
        #expect(batch.lines.count == NoteBuffer.lines)
        #expect(batch.log.last == "1999")
        #expect(batch.lines.first == "(\(buffer.dropped) lines were dropped here)")
        #expect(buffer.dropped == 2000 - batch.log.count)
        _ = buffer.sent(batch, .kept, now: start)
        _ = buffer.tell(line: "later", now: start)
        let later = try woken(&buffer, at: start + .seconds(1))
        #expect(later.lines == ["later"])
    }

    @Test("lines of any length are held within the bytes of a log")
    func boundedBytes() throws {
        var buffer = NoteBuffer()
        let long = String(repeating: "ä", count: 100_000)
        for _ in 0..<100 { _ = buffer.tell(line: long, now: start) }
        let batch = try woken(&buffer, at: start)
        #expect(batch.log.allSatisfy { $0.utf8.count <= JobLimits.logLineBytes })
        #expect(batch.log.reduce(0) { $0 + $1.utf8.count } <= JobLimits.logBytes)
    }

    @Test("a lost claim ends it: nothing more is taken, and what is left is counted")
    func lost() throws {
        var buffer = NoteBuffer()
        _ = buffer.tell(line: "a", now: start)
        let batch = try woken(&buffer, at: start)
        _ = buffer.tell(line: "b", now: start)
        let wake = buffer.sent(batch, .lost, now: start)
        let late = buffer.tell(line: "c", now: start)
        let last = buffer.takeLast(now: start)
        #expect(wake == nil && late == nil && last == nil)
        #expect(buffer.dropped == 2)
    }
}
