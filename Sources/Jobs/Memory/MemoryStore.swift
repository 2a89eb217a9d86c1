import Synchronization

/// Jobs in this process's memory: for tests, for trying things out, and as the model of the other stores.
public final class MemoryStore: JobStore {
    private struct State {
        var machine = MemoryMachine()
        var isClosed = false
    }

    private let state = Mutex(State())
    private let claimable = WakeSignal()
    private let schedule = WakeSignal()
    private let clock: @Sendable () -> Timestamp

    /// An empty store on the given wall clock.
    public init(clock: @escaping @Sendable () -> Timestamp = { .now() }) { self.clock = clock }

    /// The machine, unless the store was closed.
    private func with<Result>(_ body: (inout MemoryMachine) -> Result) throws(StoreError) -> Result {
        let result: Result? = state.withLock { $0.isClosed ? nil : body(&$0.machine) }
        guard let result else { throw StoreError(.closed, "the store was closed") }
        return result
    }

    public func enqueue(_ jobs: [NewJob]) async throws(StoreError) -> [Enqueued] {
        try StoreRequest.check(jobs)
        let now = clock()
        let results = try with { machine in jobs.map { machine.enqueue($0, now: now) } }
        claimable.notify()
        if jobs.contains(where: { $0.start != .now }) { schedule.notify() }
        return results
    }

    public func claim(_ request: ClaimRequest) async throws(StoreError) -> [Claim] {
        let request = StoreRequest.clamped(request)
        let deadline = ContinuousClock.now + request.wait
        while true {
            let generation = claimable.generation
            let claims = try with { $0.claim(request, now: clock()) }
            let left = deadline - .now
            if !claims.isEmpty || left <= .zero || Task.isCancelled { return claims }
            await claimable.wait(after: generation, upTo: left)
            if Task.isCancelled { return [] }
        }
    }

    public func extend(_ tickets: [Claim.Ticket], lease: Duration) async throws(StoreError) -> [Claim.Ticket] {
        try with { $0.extend(tickets, lease: lease, now: clock()) }
    }

    public func settle(_ ticket: Claim.Ticket, _ outcome: Outcome) async throws(StoreError) -> Settlement {
        try StoreRequest.check(outcome)
        let settlement = try with { $0.settle(ticket, outcome, now: clock()) }
        switch outcome {
        case .succeeded, .failed, .cancelled: break
        case .released: claimable.notify()
        case .retry, .snoozed:
            claimable.notify()
            schedule.notify()
        }
        return settlement
    }

    public func promoteDue(limit: Int, wait: Duration) async throws(StoreError) -> Int {
        let deadline = ContinuousClock.now + min(max(.zero, wait), .seconds(3600))
        while true {
            let generation = schedule.generation
            let now = clock()
            let (moved, next) = try with { machine in
                (machine.promoteDue(limit: min(max(1, limit), 500), now: now), machine.scheduled.first?.due)
            }
            if moved > 0 { claimable.notify() }
            let left = deadline - .now
            if moved > 0 || left <= .zero || Task.isCancelled { return moved }
            await schedule.wait(
                after: generation, upTo: min(left, next.map { $0.since(now) + .milliseconds(1) } ?? left))
        }
    }

    public func reclaim(limit: Int, maxCrashes: Int) async throws(StoreError) -> Reclaimed {
        let reclaimed = try with {
            $0.reclaim(limit: min(max(1, limit), 500), maxCrashes: maxCrashes, now: clock())
        }
        if !reclaimed.isEmpty { claimable.notify() }
        return reclaimed
    }

    public func prune(limit: Int) async throws(StoreError) -> Int {
        try with { $0.prune(limit: min(max(1, limit), 500), now: clock()) }
    }

    public func job(_ id: JobID) async throws(StoreError) -> JobRecord? {
        try with { $0.live(id, now: clock())?.record }
    }

    public func job(uniqueKey: String) async throws(StoreError) -> JobRecord? {
        try with { machine in machine.keys[Array(uniqueKey.utf8)].flatMap { machine.live($0, now: clock())?.record } }
    }

    public func list(_ query: JobQuery) async throws(StoreError) -> JobPage {
        try with { $0.list(query, now: clock()) }
    }

    public func counts() async throws(StoreError) -> StoreCounts { try with { $0.counts } }

    public func health() async -> StoreHealth {
        let isOpen = state.withLock { !$0.isClosed }
        return StoreHealth(description: "memory", isReachable: isOpen, durability: "memory", latency: .zero)
    }

    public func run() async throws {
        // Nothing to do but to be there: wait for the cancellation.
        while !Task.isCancelled { try? await Task.sleep(for: .seconds(86_400)) }
    }

    public func close() async {
        state.withLock { $0.isClosed = true }
        claimable.notify()
        schedule.notify()
    }
}
