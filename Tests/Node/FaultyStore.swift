import RoostJobs
import Synchronization

/// A memory store that can be made to fail, to tell what it was asked, and to hold back what it has handed out.
final class FaultyStore: StoreForwarding {
    enum Verb: Hashable, CaseIterable {
        case claim, extend, settle, promote, reclaim, rescue, prune, run, note, announce, dueCrons, fireCron
    }

    let base: MemoryStore
    /// Whether running jobs' cancels are told at once, as a hint.
    let tellsOfCancels: Bool
    /// What a claim that got jobs waits for before it returns them.
    private let claimed = Mutex<(reached: Gate, leave: Gate)?>(nil)
    private let faults = Mutex<[Verb: StoreError]>([:])
    private let calls = Mutex<[Verb: Int]>([:])

    init(_ base: MemoryStore = MemoryStore(), tellsOfCancels: Bool = true) {
        self.base = base
        self.tellsOfCancels = tellsOfCancels
    }

    /// Makes a verb fail from now on; nil: work again.
    func fail(_ verb: Verb, _ code: StoreError.Code?) {
        faults.withLock { $0[verb] = code.map { StoreError($0, "as the test wants it") } }
    }

    func failAll(_ code: StoreError.Code?) {
        for verb in Verb.allCases { fail(verb, code) }
    }

    /// Holds back what a claim was answered: `reached` opens when there is something, `leave` lets it go.
    func holdClaims(reached: Gate, leave: Gate) { claimed.withLock { $0 = (reached, leave) } }

    func count(_ verb: Verb) -> Int { calls.withLock { $0[verb] ?? 0 } }

    private func enter(_ verb: Verb) throws(StoreError) {
        calls.withLock { $0[verb, default: 0] += 1 }
        if let fault = faults.withLock({ $0[verb] }) { throw fault }
    }

    func claim(_ request: ClaimRequest) async throws(StoreError) -> [Claim] {
        try enter(.claim)
        let claims = try await base.claim(request)
        if !claims.isEmpty, let gates = claimed.withLock({ $0 }) {
            gates.reached.open()
            await gates.leave.pass()
        }
        return claims
    }

    func extend(_ tickets: [Claim.Ticket], lease: Duration) async throws(StoreError) -> Extended {
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

    func reclaim(worker: String, limit: Int, maxCrashes: Int) async throws(StoreError) -> Reclaimed {
        try enter(.rescue)
        return try await base.reclaim(worker: worker, limit: limit, maxCrashes: maxCrashes)
    }

    func prune(limit: Int, retention: Retention) async throws(StoreError) -> Int {
        try enter(.prune)
        return try await base.prune(limit: limit, retention: retention)
    }

    func note(_ ticket: Claim.Ticket, progress: [UInt8]?, log: [String]) async throws(StoreError) -> Settlement {
        try enter(.note)
        return try await base.note(ticket, progress: progress, log: log)
    }

    func cancellations() -> AsyncStream<JobID> {
        // One that never tells anything, and ends with its reader's task.
        tellsOfCancels ? base.cancellations() : AsyncStream { _ in }
    }

    func announce(_ worker: WorkerNotice, ttl: Duration) async throws(StoreError) {
        try enter(.announce)
        try await base.announce(worker, ttl: ttl)
    }

    func dueCrons(limit: Int, wait: Duration) async throws(StoreError) -> DueCrons {
        try enter(.dueCrons)
        return try await base.dueCrons(limit: limit, wait: wait)
    }

    func fireCron(
        _ name: String, slot: Timestamp, next: Timestamp?, jobs: [NewJob]
    ) async throws(StoreError) -> Bool {
        try enter(.fireCron)
        return try await base.fireCron(name, slot: slot, next: next, jobs: jobs)
    }

    func health() async -> StoreHealth {
        let isAway = faults.withLock { $0[.reclaim] != nil }
        return StoreHealth(description: "faulty", isReachable: !isAway, durability: "memory")
    }

    func run() async throws {
        try enter(.run)
        try await base.run()
    }
}
