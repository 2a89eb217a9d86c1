import RoostJobs
import Synchronization

/// A memory store that can be made to fail, to tell what it was asked, and to hold back what it has handed out.
final class FaultyStore: JobStore {
    enum Verb: Hashable { case claim, extend, settle, promote, reclaim, prune, run }

    let base = MemoryStore()
    /// What a claim that got jobs waits for before it returns them.
    private let claimed = Mutex<(reached: Gate, leave: Gate)?>(nil)
    private let faults = Mutex<[Verb: StoreError]>([:])
    private let calls = Mutex<[Verb: Int]>([:])

    /// Makes a verb fail from now on; nil: work again.
    func fail(_ verb: Verb, _ code: StoreError.Code?) {
        faults.withLock { $0[verb] = code.map { StoreError($0, "as the test wants it") } }
    }

    func failAll(_ code: StoreError.Code?) {
        for verb in [Verb.claim, .extend, .settle, .promote, .reclaim, .prune, .run] { fail(verb, code) }
    }

    /// Holds back what a claim was answered: `reached` opens when there is something, `leave` lets it go.
    func holdClaims(reached: Gate, leave: Gate) { claimed.withLock { $0 = (reached, leave) } }

    func count(_ verb: Verb) -> Int { calls.withLock { $0[verb] ?? 0 } }

    private func enter(_ verb: Verb) throws(StoreError) {
        calls.withLock { $0[verb, default: 0] += 1 }
        if let fault = faults.withLock({ $0[verb] }) { throw fault }
    }

    func enqueue(_ jobs: [NewJob]) async throws(StoreError) -> [Enqueued] { try await base.enqueue(jobs) }

    func claim(_ request: ClaimRequest) async throws(StoreError) -> [Claim] {
        try enter(.claim)
        let claims = try await base.claim(request)
        if !claims.isEmpty, let gates = claimed.withLock({ $0 }) {
            gates.reached.open()
            await gates.leave.pass()
        }
        return claims
    }

    func extend(_ tickets: [Claim.Ticket], lease: Duration) async throws(StoreError) -> [Claim.Ticket] {
        try enter(.extend)
        return try await base.extend(tickets, lease: lease)
    }

    func settle(_ ticket: Claim.Ticket, _ outcome: Outcome) async throws(StoreError) -> Settlement {
        try enter(.settle)
        return try await base.settle(ticket, outcome)
    }

    func promoteDue(limit: Int, wait: Duration) async throws(StoreError) -> Int {
        try enter(.promote)
        return try await base.promoteDue(limit: limit, wait: wait)
    }

    func reclaim(limit: Int, maxCrashes: Int) async throws(StoreError) -> Reclaimed {
        try enter(.reclaim)
        return try await base.reclaim(limit: limit, maxCrashes: maxCrashes)
    }

    func prune(limit: Int) async throws(StoreError) -> Int {
        try enter(.prune)
        return try await base.prune(limit: limit)
    }

    func job(_ id: JobID) async throws(StoreError) -> JobRecord? { try await base.job(id) }
    func job(uniqueKey: String) async throws(StoreError) -> JobRecord? { try await base.job(uniqueKey: uniqueKey) }
    func list(_ query: JobQuery) async throws(StoreError) -> JobPage { try await base.list(query) }
    func counts() async throws(StoreError) -> StoreCounts { try await base.counts() }

    func health() async -> StoreHealth {
        let isAway = faults.withLock { $0[.reclaim] != nil }
        return StoreHealth(description: "faulty", isReachable: !isAway, durability: "memory")
    }

    func run() async throws {
        try enter(.run)
        try await base.run()
    }

    func close() async { await base.close() }
}
