import RoostJobs

/// A store that fails every call in one way: how errors are told to clients, nothing else.
struct FailingStore: JobStore {
    let code: StoreError.Code

    private var error: StoreError { StoreError(code, "secret-host:6379 said so") }

    func enqueue(_ jobs: [NewJob]) async throws(StoreError) -> [Enqueued] { throw error }
    func claim(_ request: ClaimRequest) async throws(StoreError) -> [Claim] { throw error }
    func extend(_ tickets: [Claim.Ticket], lease: Duration) async throws(StoreError) -> [Claim.Ticket] { throw error }
    func settle(_ ticket: Claim.Ticket, _ outcome: Outcome) async throws(StoreError) -> Settlement { throw error }
    func promoteDue(limit: Int, wait: Duration) async throws(StoreError) -> Int { throw error }
    func reclaim(limit: Int, maxCrashes: Int) async throws(StoreError) -> Reclaimed { throw error }
    func prune(limit: Int) async throws(StoreError) -> Int { throw error }
    func job(_ id: JobID) async throws(StoreError) -> JobRecord? { throw error }
    func job(uniqueKey: String) async throws(StoreError) -> JobRecord? { throw error }
    func list(_ query: JobQuery) async throws(StoreError) -> JobPage { throw error }
    func counts() async throws(StoreError) -> StoreCounts { throw error }
    func health() async -> StoreHealth {
        StoreHealth(description: "failing", isReachable: false, durability: "none", warnings: ["gone"])
    }
    func run() async throws {}
    func close() async {}
}
