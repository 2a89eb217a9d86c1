import RoostJobs

/// A store that fails every call in one way: how errors are told to clients, nothing else.
struct FailingStore: JobStore {
    let code: StoreError.Code

    var error: StoreError { StoreError(code, "secret-host:6379 said so") }

    func enqueue(_ jobs: [NewJob]) async throws(StoreError) -> [Enqueued] { throw error }
    func claim(_ request: ClaimRequest) async throws(StoreError) -> [Claim] { throw error }
    func extend(_ tickets: [Claim.Ticket], lease: Duration) async throws(StoreError) -> Extended { throw error }
    func settle(_ ticket: Claim.Ticket, _ outcome: Outcome) async throws(StoreError) -> Settlement { throw error }
    func promoteDue(limit: Int, wait: Duration) async throws(StoreError) -> Int { throw error }
    func reclaim(limit: Int, maxCrashes: Int) async throws(StoreError) -> Reclaimed { throw error }
    func reclaim(worker: String, limit: Int, maxCrashes: Int) async throws(StoreError) -> Reclaimed { throw error }
    func prune(limit: Int, retention: Retention) async throws(StoreError) -> Int { throw error }
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

extension FailingStore {
    func cancel(_ id: JobID, reason: String) async throws(StoreError) -> Cancellation { throw error }
    func replay(_ id: JobID) async throws(StoreError) -> Replay { throw error }
    func delete(_ id: JobID) async throws(StoreError) -> Deletion { throw error }
    func bury(_ job: NewJob, error: String) async throws(StoreError) { throw self.error }
    func waitReasons(_ id: JobID) async throws(StoreError) -> [WaitReason] { throw error }
    func cancellations() -> AsyncStream<JobID> { AsyncStream { $0.finish() } }
    func setQueue(_ name: String, _ change: QueueChange) async throws(StoreError) -> QueueSettings { throw error }
    func queues() async throws(StoreError) -> [QueueStatus] { throw error }
    func note(_ ticket: Claim.Ticket, progress: [UInt8]?, log: [String]) async throws(StoreError) -> Settlement {
        throw error
    }
    func notes(_ id: JobID) async throws(StoreError) -> JobNotes? { throw error }
    func parents(of id: JobID) async throws(StoreError) -> [JobRecord] { throw error }
    func announce(_ worker: WorkerNotice, ttl: Duration) async throws(StoreError) { throw error }
    func withdraw(worker: String) async throws(StoreError) { throw error }
    func workers() async throws(StoreError) -> [WorkerNotice] { throw error }
    func putCron(_ cron: CronEntry, next: Timestamp) async throws(StoreError) { throw error }
    func deleteCron(_ name: String) async throws(StoreError) -> Bool { throw error }
    func crons() async throws(StoreError) -> [CronStatus] { throw error }
    func dueCrons(limit: Int, wait: Duration) async throws(StoreError) -> DueCrons { throw error }
    func fireCron(
        _ name: String, slot: Timestamp, next: Timestamp?, jobs: [NewJob]
    ) async throws(StoreError) -> Bool { throw error }
    func openBatch(_ batch: NewBatch) async throws(StoreError) { throw error }
    func closeBatch(_ id: JobID) async throws(StoreError) -> BatchStatus? { throw error }
    func batch(_ id: JobID) async throws(StoreError) -> BatchStatus? { throw error }
    func batchMembers(_ id: JobID, offset: Int, limit: Int) async throws(StoreError) -> [JobID] { throw error }
    func check(repair: Bool) async throws(StoreError) -> StoreReport { throw error }
}
