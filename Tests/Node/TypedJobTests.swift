import RoostJobs
import RoostTestKit
import Testing

@testable import RoostNode

@Suite("jobs written as types", .timeLimit(.minutes(2)))
struct TypedJobTests {
    struct Size: Codable, Sendable, Equatable {
        var width: Int
    }

    struct Thumbnail: Job {
        static let type = "thumbnail"
        static let options = JobOptions(
            queue: "media", priority: 2, maxAttempts: 5, timeout: .seconds(30), resultTTL: .seconds(600),
            retry: RetryPolicy(.fixed(.seconds(7))))
        var source: String
        var width = 64

        func run(_ context: JobContext) async throws -> Size {
            if source == "discard" { throw JobOutcome.discard("no such picture") }
            if source == "cancel" { throw JobOutcome.cancel("not needed") }
            return Size(width: width)
        }
    }

    struct Tidy: Job {
        static let type = "tidy"
        func run(_ context: JobContext) async throws -> NoResult { NoResult() }
    }

    struct Album: Job {
        static let type = "album"
        var pages: Int

        func run(_ context: JobContext) async throws -> Int {
            let pages = try await context.enqueue((1...pages).map { Thumbnail(source: "p", width: $0) }, once: "pages")
            var sum = 0
            for page in pages { sum += try await page.value().width }
            // The first attempt dies after its children were accepted.
            if context.attempt == 1 { throw JobOutcome.retry(after: .zero, "once more") }
            return sum
        }
    }

    private func served(_ store: any JobStore, _ body: (NodeService) async throws -> Void) async throws {
        var handlers = HandlerRegistry()
        try handlers.register(Thumbnail.self)
        try handlers.register(Tidy.self)
        try handlers.register(Album.self)
        var configuration = quick()
        configuration.queues = ["media", "default"]
        try await withNode(store, configuration, handlers: handlers, body)
    }

    // MARK: Made

    @Test("a job's payload is its value as JSON, and its type's options are its own")
    func options() throws {
        let job = try NewJob(Thumbnail(source: "a/b.jpg"), start: .after(.seconds(5)))
        #expect(String(decoding: job.payload, as: UTF8.self) == #"{"source":"a/b.jpg","width":64}"#)
        #expect(job.type == "thumbnail" && job.queue == "media" && job.priority == 2)
        #expect(job.maxAttempts == 5 && job.timeout == .seconds(30) && job.resultTTL == .seconds(600))
        #expect(job.start == .after(.seconds(5)))
        #expect(job.retry == nil)
        let plain = try NewJob(Tidy())
        #expect(plain.queue == JobDefaults.queue && plain.maxAttempts == JobDefaults.maxAttempts)
        #expect(String(decoding: plain.payload, as: UTF8.self) == "{}")
    }

    @Test("what cannot be a job says why before any store is asked")
    func refusedEarly() async throws {
        struct Odd: Job {
            static let type = "odd"
            static let options = JobOptions(priority: 11)
            func run(_ context: JobContext) async throws -> NoResult { NoResult() }
        }
        struct Ratio: Job {
            static let type = "ratio"
            var value: Double
            func run(_ context: JobContext) async throws -> NoResult { NoResult() }
        }
        indirect enum Nest: Codable, Sendable {
            case none
            case inside(Nest)
        }
        struct Deep: Job {
            static let type = "deep"
            var nest: Nest
            func run(_ context: JobContext) async throws -> NoResult { NoResult() }
        }
        func path(_ make: () throws -> NewJob) -> String? {
            guard case .failure(let error) = Result(catching: make) else { return nil }
            return (error as? NewJob.Issue)?.path
        }
        #expect(path { try NewJob(Odd()) } == "priority")
        #expect(path { try NewJob(Ratio(value: .nan)) } == "payload")
        #expect(path { try NewJob(Ratio(value: 1)) } == nil)
        #expect(path { try NewJob(Thumbnail(source: String(repeating: "x", count: 1 << 20))) } == "payload")
        let deep = (0..<40).reduce(Nest.none) { nest, _ in .inside(nest) }
        #expect(path { try NewJob(Deep(nest: deep)) } == "payload")
        await #expect(throws: NewJob.Issue.self) {
            try await MemoryStore().enqueue(Tidy()) { $0.tags = Array(repeating: "t", count: 99) }
        }
    }

    // MARK: Awaited

    @Test("whoever enqueued a job gets its typed result, waiting for the end or looking")
    func value() async throws {
        let store = MemoryStore()
        let early = try await store.enqueue(Thumbnail(source: "a", width: 3))
        #expect(try await early.result() == nil)
        #expect(!early.isExisting)
        try await served(store) { _ in
            #expect(try await early.value() == Size(width: 3))
            #expect(try await early.result() == Size(width: 3))
            #expect(try await store.enqueue(Thumbnail(source: "b")).value(timeout: .seconds(60)).width == 64)
            _ = try await store.enqueue(Tidy()).value(timeout: .seconds(60))
            #expect(try await JobHandle<Size>(early.id, in: store).value(timeout: .zero) == Size(width: 3))
        }
    }

    @Test("waiting for a job that fails, is called off, is not kept or takes longer throws which")
    func ends() async throws {
        let store = MemoryStore()
        try await served(store) { _ in
            let failing = try await store.enqueue(Thumbnail(source: "discard"))
            await #expect(throws: JobHandleError.failed(error: "no such picture")) { try await failing.value() }
            #expect(try await failing.ended().state == .failed)
            let cancelling = try await store.enqueue(Thumbnail(source: "cancel"))
            await #expect(throws: JobHandleError.cancelled(reason: "not needed")) { try await cancelling.value() }
            let later = try await store.enqueue(Thumbnail(source: "c")) { $0.start = .after(.seconds(3600)) }
            await #expect(throws: JobHandleError.timedOut) { try await later.value(timeout: .milliseconds(5)) }
            await #expect(throws: JobHandleError.timedOut) { try await later.value(timeout: .seconds(-1)) }
            let waiting = Task { try await later.value() }
            try await later.cancel(reason: "changed my mind")
            await #expect(throws: JobHandleError.cancelled(reason: "changed my mind")) { try await waiting.value }
            _ = try await store.delete(later.id)
            await #expect(throws: JobHandleError.gone) { try await later.value() }
            await #expect(throws: JobHandleError.gone) { try await later.result() }
        }
    }

    @Test("a result of another shape is no result, and says so")
    func otherShape() async throws {
        let store = MemoryStore()
        try await served(store) { _ in
            let tidy = try await store.enqueue(Tidy())
            do {
                _ = try await JobHandle<Size>(tidy.id, in: store).value()
                Issue.record("decoded")
            } catch JobHandleError.undecodable {}
        }
    }

    @Test("cancelling who waits ends the waiting and not the job; closing the store ends it too")
    func cancelledWait() async throws {
        let store = CountingStore()
        let handle = try await store.enqueue(Tidy())
        let waiting = Task { try await handle.value() }
        try await eventually("it waits") { store.watches.value == 1 }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        #expect(try await handle.record()?.state == .queued)
        let other = Task { try await handle.value() }
        try await eventually("it waits") { store.watches.value == 2 }
        await store.close()
        await #expect(throws: StoreError.self) { try await other.value }
    }

    // MARK: Accepted

    @Test("a unique key's second job is a handle of the first, a key with another request and a full queue throw")
    func refused() async throws {
        let store = MemoryStore()
        let first = try await store.enqueue(Tidy()) { $0.uniqueKey = "k" }
        let second = try await store.enqueue(Tidy()) { $0.uniqueKey = "k" }
        #expect(second.id == first.id && second.isExisting)
        let keyed = try await store.enqueue(Tidy()) { $0.idempotency = IdempotencyKey(key: "k", digest: "a") }
        let again = try await store.enqueue(Tidy()) { $0.idempotency = IdempotencyKey(key: "k", digest: "a") }
        #expect(again.id == keyed.id && again.isExisting)
        await #expect(throws: EnqueueError.mismatched(keyed.id)) {
            try await store.enqueue(Tidy()) { $0.idempotency = IdempotencyKey(key: "k", digest: "b") }
        }
        _ = try await store.setQueue("small", .with { $0.quota = 1 })
        _ = try await store.enqueue(Tidy()) { $0.queue = "small" }
        await #expect(throws: EnqueueError.full(queue: "small")) {
            try await store.enqueue(Tidy()) { $0.queue = "small" }
        }
    }

    @Test("many jobs of a type are accepted in one call, in order")
    func many() async throws {
        let store = CountingStore()
        let handles = try await store.enqueue((1...50).map { Thumbnail(source: "m", width: $0) }) { $0.tags = ["m"] }
        #expect(store.enqueues.value == 1)
        #expect(try await store.enqueue([Thumbnail]()).isEmpty)
        try await served(store) { _ in
            var widths: [Int] = []
            for handle in handles { widths.append(try await handle.value().width) }
            #expect(widths == Array(1...50))
        }
        #expect(try await handles[7].record()?.tags == ["m"])
    }

    // MARK: From a handler

    @Test("a handler fans out and awaits its children; a second attempt is given the same ones")
    func fanOut() async throws {
        let store = MemoryStore()
        try await served(store) { _ in
            let album = try await store.enqueue(Album(pages: 3)) { $0.tenant = "acme" }
            #expect(try await album.value() == 6)
            #expect(try await album.record()?.attempt == 2)
            #expect(try await store.counts()[.done] == 4)
            let jobs = try await store.list(JobQuery(type: "thumbnail")).jobs
            #expect(jobs.count == 3 && jobs.allSatisfy { $0.tenant == "acme" })
        }
    }

    @Test("what a handler enqueues can be tested without a node; without a store it throws")
    func tested() async throws {
        let store = MemoryStore()
        let context = JobContext(testing: try NewJob(Album(pages: 1)), reporter: RecordingReporter(store: store))
        let child = try await context.enqueue(Thumbnail(source: "x"), once: "cover")
        let same = try await context.enqueue(Thumbnail(source: "y"), once: "cover")
        let other = try await context.enqueue(Thumbnail(source: "x"))
        #expect(same.id == child.id && same.isExisting && other.id != child.id)
        #expect(try await store.list(JobQuery()).jobs.count == 2)
        await #expect(throws: NewJob.Issue.self) { try await context.enqueue(Tidy(), once: "no spaces") }
        await #expect(throws: StoreError.self) {
            try await JobContext(testing: try NewJob(Tidy())).enqueue(Tidy())
        }
    }
}

/// Counts the calls that accept jobs and those that watch them.
private struct CountingStore: StoreForwarding {
    let base = MemoryStore()
    let enqueues = Counter()
    let watches = Counter()

    func enqueue(_ jobs: [NewJob]) async throws(StoreError) -> [Enqueued] {
        enqueues.up()
        return try await base.enqueue(jobs)
    }

    func changes(of id: JobID) -> AsyncStream<Void> {
        watches.up()
        return base.changes(of: id)
    }
}
