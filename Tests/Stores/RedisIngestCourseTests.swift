import RoostJobs
import Testing

@testable import RoostStores

/// What an ingest does next, and what it makes of an entry: no server needed.
struct RedisIngestCourseTests {
    private let now = ContinuousClock.now

    private func course(_ change: (inout RedisIngestConfiguration) -> Void = { _ in }) -> IngestCourse {
        var configuration = RedisIngestConfiguration()
        change(&configuration)
        return IngestCourse(configuration, now: now)
    }

    @Test("first the group, then what it owns, then what others left, then what is new")
    func order() {
        var course = course()
        #expect(course.next(now: now) == .makeGroup)
        course.did(.makeGroup, now: now)
        #expect(course.next(now: now) == .own(after: "0", count: 100))
        course.did(.own(after: "0", count: 100), .init(entries: ["5-0"]), now: now)
        #expect(course.next(now: now) == .own(after: "5-0", count: 100))
        course.did(.own(after: "5-0", count: 100), now: now)
        #expect(course.next(now: now) == .takeOver(cursor: "0-0", count: 100))
        course.did(.takeOver(cursor: "0-0", count: 100), .init(entries: ["1-0"], cursor: "1-1"), now: now)
        #expect(course.next(now: now) == .takeOver(cursor: "1-1", count: 100))
        course.did(.takeOver(cursor: "1-1", count: 100), now: now)
        #expect(course.next(now: now) == .forget)
        course.did(.forget, now: now)
        #expect(course.next(now: now) == .new(count: 100, block: .seconds(2)))
        #expect(course.next(now: now + .seconds(9.5)) == .new(count: 100, block: .seconds(0.5)))
        #expect(course.next(now: now + .seconds(10)) == .takeOver(cursor: "0-0", count: 100))
    }

    @Test("while a queue is full, what waits is tried again before anything new is fetched")
    func full() {
        var course = ready()
        course.did(.new(count: 100, block: .seconds(2)), .init(entries: ["7-0", "8-0"], left: 1), now: now)
        #expect(course.next(now: now) == .own(after: "0", count: 100))
        course.did(.own(after: "0", count: 100), .init(entries: ["8-0"], left: 1), now: now)
        #expect(course.next(now: now) == .own(after: "8-0", count: 100))
        course.did(.own(after: "8-0", count: 100), now: now)
        #expect(course.next(now: now) == .own(after: "0", count: 100))
        course.did(.own(after: "0", count: 100), .init(entries: ["8-0"]), now: now)
        course.did(.own(after: "8-0", count: 100), now: now)
        #expect(course.next(now: now) == .new(count: 100, block: .seconds(2)))
    }

    @Test("after a failure it looks at what it owns; a group that is gone is made again")
    func failure() {
        var course = ready()
        course.failed()
        #expect(course.next(now: now) == .own(after: "0", count: 100))
        course.groupIsGone()
        #expect(course.next(now: now) == .makeGroup)
    }

    @Test("what is too large is fetched in smaller parts, in the end one entry in pieces")
    func tooLarge() {
        var course = ready()
        course.tooLarge(.new(count: 100, block: .seconds(2)))
        course.failed()
        for count in [25, 6, 1] {
            #expect(course.next(now: now) == .own(after: "0", count: count))
            course.tooLarge(.own(after: "0", count: count))
            course.failed()
        }
        #expect(course.next(now: now) == .look(after: "0"))
        course.did(.look(after: "0"), .init(entries: ["9-0"]), now: now)
        #expect(course.next(now: now) == .own(after: "9-0", count: 2))
    }

    @Test("odd settings are taken as the nearest that make sense")
    func oddSettings() {
        var course = course {
            $0.batch = .max
            $0.block = .seconds(1_000_000_000_000)
            $0.idle = .zero
        }
        course.did(.makeGroup, now: now)
        #expect(course.next(now: now) == .own(after: "0", count: 500))
    }

    private func ready() -> IngestCourse {
        var course = course()
        course.did(.makeGroup, now: now)
        course.did(.own(after: "0", count: 100), now: now)
        course.did(.takeOver(cursor: "0-0", count: 100), now: now)
        course.did(.forget, now: now)
        return course
    }

    // MARK: Entries

    private func entry(_ fields: [String: String], id: String = "1700000000000-3") -> IngestEntry {
        IngestEntry(id: id, fields: fields.map { (Array($0.key.utf8), Array($0.value.utf8)) })
    }

    @Test("an entry of the tutorial's form is a job")
    func job() throws {
        let entry = entry([
            "id": "01HXYZ00000000000000000000", "type": "email", "payload": #"{"to":"user@example.com"}"#,
            "priority": "2", "enqueued_at": "2025-12-28T17:24:48.957Z", "attempts": "1",
        ])
        guard case .job(let job) = entry.reading(RedisIngestConfiguration()) else {
            Issue.record("no job")
            return
        }
        #expect(job.type == "email")
        #expect(job.queue == JobDefaults.queue)
        #expect(job.priority == 2)
        #expect(job.maxAttempts == 2)
        #expect(job.payload == Array(#"{"to":"user@example.com"}"#.utf8))
        #expect(job.tags == ["id:01HXYZ00000000000000000000"])
        #expect(job.id.timestamp == Timestamp(milliseconds: 1_700_000_000_000))
    }

    @Test("entries have ids of their own, the same each time")
    func ids() {
        #expect(JobID(entry: "5-1", of: "a") == JobID(entry: "5-1", of: "a"))
        let names = [
            "0-1", "5-0", "5-1", "5-2", "6-0", "281474976710656-0", "18446744073709551615-18446744073709551615",
        ]
        let ids = Set(["a", "b"].flatMap { stream in names.map { JobID(entry: $0, of: stream) } })
        #expect(ids.count == names.count * 2)
    }

    @Test(
        "what is no job says why",
        arguments: [
            ["payload": "{}"], ["type": "t"], ["type": "a b", "payload": "{}"], ["type": "t", "payload": "{"],
            ["type": "t", "payload": ""], ["type": "t", "payload": "{}", "priority": "0"],
            ["type": "t", "payload": "{}", "priority": "11"], ["type": "t", "payload": "{}", "priority": "+5"],
            ["type": "t", "payload": "{}", "priority": "9999999999999999999999"],
            ["type": "t", "payload": "{}", "attempts": "-1"], ["type": "t", "payload": "{}", "queue": ""],
            ["x": ""],
        ])
    func malformed(fields: [String: String]) throws {
        guard case .malformed(let reason) = entry(fields).reading(RedisIngestConfiguration()) else {
            Issue.record("taken for a job")
            return
        }
        #expect(!reason.isEmpty)
        // Whatever it is, its dead letter is a job a store takes.
        let letter = entry(fields).deadLetter(RedisIngestConfiguration())
        #expect(letter.issues.isEmpty)
        let document = try JSONScanner.parseObject(letter.payload)
        for (name, value) in fields { #expect(document[name]?.string == value) }
    }

    @Test("a dead letter holds the bytes as they came, whatever they are")
    func bytes() throws {
        let entry = IngestEntry(
            id: "1-1",
            fields: [
                (Array("twice".utf8), [1]), (Array("twice".utf8), Array("2".utf8)),
                (Array("binary".utf8), [0xFF, 0, 0x41]), ([0xFE], Array("x".utf8)),
                (Array("text \"\\".utf8), Array("line\n\u{1}\"\\ü".utf8)),
            ])
        let document = try JSONScanner.parseObject(entry.deadLetter(RedisIngestConfiguration()).payload)
        #expect(document["twice"]?.string == "2")
        #expect(document["binary"]?.object?["base64"]?.string == "/wBB")
        #expect(document["base64:/g=="]?.string == "x")
        #expect(document["text \"\\"]?.string == "line\n\u{1}\"\\ü")
        let large = IngestEntry(id: "1-2", fields: [(Array("payload".utf8), [UInt8](repeating: 0x41, count: 3 << 20))])
        let letter = large.deadLetter(RedisIngestConfiguration())
        #expect(letter.issues.isEmpty)
        #expect(try JSONScanner.parseObject(letter.payload)["bytes"]?.int == 3 << 20 + 14)
    }
}
