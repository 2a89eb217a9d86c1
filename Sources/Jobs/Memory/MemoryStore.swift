import Synchronization

/// Jobs in this process's memory: for tests, for trying things out, and as the model of the other stores.
public final class MemoryStore: JobStore {
    struct State {
        var machine = MemoryMachine()
        var documents = MemoryDocuments()
        var isClosed = false
    }

    let state = Mutex(State())
    let claimable = WakeSignal()
    let schedule = WakeSignal()
    let cronsChanged = WakeSignal()
    let endsAdded = WakeSignal()
    let wishes = CancelWishes()
    let watchers = ChangeWatchers()
    let clock: @Sendable () -> Timestamp

    /// An empty store on the given wall clock.
    public init(clock: @escaping @Sendable () -> Timestamp = { .now() }) { self.clock = clock }

    /// What the body makes of the machine, unless the store was closed; wakes whoever has something to do then.
    func with<Result>(_ body: (inout MemoryMachine) -> Result) throws(StoreError) -> Result {
        typealias Done = (result: Result, wakes: MemoryMachine.Wakes, wishes: [JobID], changed: [JobID])
        let done: Done? = state.withLock { state in
            if state.isClosed { return nil }
            let result = body(&state.machine)
            defer {
                state.machine.wakes = []
                state.machine.cancelWishes.removeAll()
                state.machine.changed.removeAll()
            }
            return (result, state.machine.wakes, state.machine.cancelWishes, state.machine.changed)
        }
        guard let done else { throw StoreError(.closed, "the store was closed") }
        if done.wakes.contains(.claims) { claimable.notify() }
        if done.wakes.contains(.schedule) { schedule.notify() }
        if done.wakes.contains(.crons) { cronsChanged.notify() }
        if done.wakes.contains(.ends) { endsAdded.notify() }
        if !done.wishes.isEmpty { wishes.tell(done.wishes) }
        if !done.changed.isEmpty { watchers.tell(done.changed) }
        return done.result
    }

    public func enqueue(_ jobs: [NewJob]) async throws(StoreError) -> [Enqueued] {
        try StoreRequest.check(jobs)
        let now = clock()
        guard let results = try with({ $0.enqueue(jobs, now: now) }) else {
            throw StoreError(.invalid, "the batch is not open, or full")
        }
        return results
    }

    public func claim(_ request: ClaimRequest) async throws(StoreError) -> [Claim] {
        let request = try StoreRequest.clamped(request)
        let deadline = ContinuousClock.now + request.wait
        while true {
            let generation = claimable.generation
            let now = clock()
            let claimed = try with { $0.claim(request, now: now) }
            request.receipt?.note(claimed.claims)
            let left = deadline - .now
            if !claimed.claims.isEmpty || left <= .zero || Task.isCancelled { return claimed.claims }
            let wait = claimed.retryAt.map { $0.since(now) + .milliseconds(1) } ?? left
            await claimable.wait(after: generation, upTo: min(left, wait))
            if Task.isCancelled { return [] }
        }
    }

    public func extend(_ tickets: [Claim.Ticket], lease: Duration) async throws(StoreError) -> Extended {
        try with { $0.extend(tickets, lease: lease, now: clock()) }
    }

    public func settle(_ ticket: Claim.Ticket, _ outcome: Outcome) async throws(StoreError) -> Settlement {
        try StoreRequest.check(outcome)
        return try with { $0.settle(ticket, outcome, now: clock()) }
    }

    public func settle(_ ends: [AttemptEnd]) async throws(StoreError) -> [Settlement] {
        for end in ends { try StoreRequest.check(end.outcome) }
        return try with { machine in
            let now = clock()
            return ends.map { machine.settle($0.ticket, $0.outcome, now: now) }
        }
    }

    public func promoteDue(limit: Int, wait: Duration) async throws(StoreError) -> Int {
        let deadline = ContinuousClock.now + min(max(.zero, wait), .seconds(3600))
        var moved = 0
        while true {
            let generation = schedule.generation
            let now = clock()
            let promoted = try with { $0.promoteDue(limit: min(max(1, limit), 500), now: now) }
            moved += promoted.moved
            let left = deadline - .now
            if moved > 0 || Task.isCancelled { return moved }
            if promoted.hasMore { continue }
            if left <= .zero { return moved }
            let wait = promoted.next.map { $0.since(now) + .milliseconds(1) } ?? left
            await schedule.wait(after: generation, upTo: min(left, wait))
        }
    }

    public func reclaim(limit: Int, maxCrashes: Int) async throws(StoreError) -> Reclaimed {
        try with { $0.reclaim(limit: min(max(1, limit), 500), maxCrashes: maxCrashes, now: clock()) }
    }

    public func reclaim(worker: String, limit: Int, maxCrashes: Int) async throws(StoreError) -> Reclaimed {
        try with {
            $0.reclaim(worker: worker, limit: min(max(1, limit), 500), maxCrashes: maxCrashes, now: clock())
        }
    }

    public func prune(limit: Int, retention: Retention) async throws(StoreError) -> Int {
        try with { $0.prune(limit: min(max(1, limit), 500), retention: retention, now: clock()) }
    }

    public func job(_ id: JobID) async throws(StoreError) -> JobRecord? {
        try with { $0.live(id, now: clock())?.record }
    }

    public func job(uniqueKey: String) async throws(StoreError) -> JobRecord? {
        try with { $0.job(uniqueKey: uniqueKey, now: clock()) }
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
        cronsChanged.notify()
        endsAdded.notify()
        wishes.close()
        watchers.close()
    }
}
