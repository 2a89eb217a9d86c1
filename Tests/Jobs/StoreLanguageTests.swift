import RoostJobs
import Testing

@Suite("The language of stores")
struct StoreLanguageTests {
    @Test(
        "clamps a claim's numbers",
        arguments: [(Int.min, 1), (-1, 1), (0, 1), (1, 1), (1000, 1000), (1001, 1000), (.max, 1000)])
    func limits(limit: Int, clamped: Int) throws {
        let request = ClaimRequest(queues: ["q"], limit: limit, worker: "w", lease: .seconds(1))
        #expect(try StoreRequest.clamped(request).limit == clamped)
    }

    @Test(
        "refuses a worker's name that is none",
        arguments: ["", "a b", "a\n", String(repeating: "w", count: 201)])
    func workers(name: String) {
        #expect(throws: StoreError.self) {
            try StoreRequest.clamped(ClaimRequest(queues: [], limit: 1, worker: name, lease: .seconds(1)))
        }
    }

    @Test("clamps a claim's durations")
    func durations() throws {
        func clamped(_ lease: Duration, _ wait: Duration) throws -> ClaimRequest {
            try StoreRequest.clamped(ClaimRequest(queues: [], limit: 1, worker: "w", lease: lease, wait: wait))
        }
        #expect(try clamped(.zero, .seconds(-1)).lease == .milliseconds(1))
        #expect(try clamped(.seconds(Int64.min), .seconds(Int64.min)).wait == .zero)
        #expect(try clamped(.seconds(Int64.max), .seconds(Int64.max)).lease == .seconds(86_400))
        #expect(try clamped(.seconds(Int64.max), .seconds(Int64.max)).wait == .seconds(3600))
        #expect(try clamped(.seconds(15), .seconds(2)).lease == .seconds(15))
        #expect(try clamped(.seconds(15), .seconds(2)).wait == .seconds(2))
    }

    @Test("clamps a query's page")
    func pages() {
        #expect(JobQuery().limit == 50)
        #expect(JobQuery(offset: -1, limit: 0) == JobQuery(offset: 0, limit: 1))
        #expect(JobQuery(offset: .max, limit: .max) == JobQuery(offset: 1_000_000_000, limit: JobQuery.maximumLimit))
        #expect(JobQuery(offset: .min, limit: .min) == JobQuery(offset: 0, limit: 1))
    }

    @Test("matches a query's filters all at once")
    func matches() {
        let job = NewJob(type: "t", queue: "q", payload: [])
        let record = JobRecord(job, state: .queued, insertedAt: .now(), runAt: nil)
        #expect(JobQuery().matches(record))
        #expect(JobQuery(state: .queued, type: "t", queue: "q").matches(record))
        #expect(!JobQuery(state: .done, type: "t", queue: "q").matches(record))
        #expect(!JobQuery(type: "x").matches(record))
        #expect(!JobQuery(queue: "x").matches(record))
    }

    @Test("adds counts up over queues and states")
    func counts() {
        let counts = StoreCounts(queues: ["a": [.queued: 2, .done: 1], "b": [.queued: 3], "c": [:]])
        #expect(counts[.queued] == 5)
        #expect(counts[.done] == 1)
        #expect(counts[.failed] == 0)
        #expect(counts.total == 6)
        #expect(StoreCounts().total == 0)
    }

    @Test("counts failures without the crashes")
    func failures() {
        var record = JobRecord(NewJob(type: "t", payload: []), state: .queued, insertedAt: .now(), runAt: nil)
        #expect(record.failures == 0)
        (record.attempt, record.crashes) = (5, 2)
        #expect(record.failures == 3)
        (record.attempt, record.crashes) = (0, 2)
        #expect(record.failures == 0)
    }

    @Test("gives a context what the handler may know")
    func context() {
        var record = JobRecord(
            NewJob(type: "t", queue: "q", payload: []), state: .running, insertedAt: .now(), runAt: nil)
        record.attempt = 2
        let context = JobContext(record, worker: "w")
        #expect(context.id == record.id)
        #expect(context.attempt == 2)
        #expect(context.worker == "w")
        #expect(context.idempotencyKey == record.id.description)
        #expect(!context.isCancelled)
    }
}
