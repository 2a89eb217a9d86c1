public import RoostJobs
public import Testing

/// How long things take in a case. Stores go by their own clocks, so cases use real, short times: they wait for what
/// must happen and never expect anything to have happened before a short time is over.
public struct StoreClock: Sendable {
    /// A lease, delay or time to live short enough to wait for.
    public let short = Duration.milliseconds(30)
    /// A lease, delay or time to live longer than any case runs.
    public let long = Duration.seconds(600)
    /// What a waiting call is given: far more than `patience`, so that only a wake-up can end it in time.
    public let wait = Duration.seconds(30)
    /// When something that should have happened at once has not happened.
    public let patience = Duration.seconds(10)

    /// The times every store's cases run with.
    public init() {}

    /// Lets a short while go by on the store, so that what runs beside has most likely begun to wait.
    public func lull(_ store: any JobStore) async throws {
        _ = try await store.claim(
            ClaimRequest(queues: ["nowhere"], limit: 1, worker: "lull", lease: short, wait: short))
    }

    /// Takes leases back as they run out, until `count` jobs were taken back.
    public func reclaimed(_ store: any JobStore, count: Int = 1, maxCrashes: Int = 3) async throws -> Reclaimed {
        var all = Reclaimed()
        try await eventually("\(count) leases run out") {
            let some = try await store.reclaim(limit: 100, maxCrashes: maxCrashes)
            all.requeued += some.requeued
            all.dead += some.dead
            all.cancelled += some.cancelled
            return all.count >= count
        }
        return all
    }

    /// Queues scheduled jobs as they come due, until `count` were queued.
    public func promoted(_ store: any JobStore, count: Int = 1) async throws {
        var moved = 0
        try await eventually("\(count) jobs come due") {
            moved += try await store.promoteDue(limit: 100, wait: patience)
            return moved >= count
        }
        #expect(moved == count)
    }

    /// Waits until the record's time is over.
    public func expired(_ store: any JobStore, _ id: JobID) async throws {
        try await eventually("the record's time is over") { try await store.job(id) == nil }
    }

    /// Starts a claim that waits, does `event`, and returns what the claim got, which must not have taken long.
    public func claimed(
        _ store: any JobStore, types: Set<String>? = nil, sourceLocation: SourceLocation = #_sourceLocation,
        by event: () async throws -> Void
    ) async throws -> [Claim] {
        let start = ContinuousClock.now
        async let claims = store.claim(
            ClaimRequest(queues: ["q"], types: types, limit: 1, worker: "waiter", lease: long, wait: wait))
        try await lull(store)
        try await event()
        let result = try await claims
        #expect(ContinuousClock.now - start < patience, "nothing woke the claim", sourceLocation: sourceLocation)
        return result
    }

    /// The body must be refused with the code.
    public func expect(
        _ code: StoreError.Code, sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
    ) async {
        do {
            try await body()
            Issue.record("nothing was thrown", sourceLocation: sourceLocation)
        } catch let error as StoreError {
            #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
        } catch {
            Issue.record(error, sourceLocation: sourceLocation)
        }
    }
}
