import RoostJobs

/// A store that does what its memory store does, but for the verbs it has of its own.
protocol StoreForwarding: JobStore {
    var base: MemoryStore { get }
}

extension StoreForwarding {
    func enqueue(_ jobs: [NewJob]) async throws(StoreError) -> [Enqueued] { try await base.enqueue(jobs) }
    func claim(_ request: ClaimRequest) async throws(StoreError) -> [Claim] { try await base.claim(request) }
    func extend(_ tickets: [Claim.Ticket], lease: Duration) async throws(StoreError) -> Extended {
        try await base.extend(tickets, lease: lease)
    }
    func settle(_ ticket: Claim.Ticket, _ outcome: Outcome) async throws(StoreError) -> Settlement {
        try await base.settle(ticket, outcome)
    }
    func promoteDue(limit: Int, wait: Duration) async throws(StoreError) -> Int {
        try await base.promoteDue(limit: limit, wait: wait)
    }
    func reclaim(limit: Int, maxCrashes: Int) async throws(StoreError) -> Reclaimed {
        try await base.reclaim(limit: limit, maxCrashes: maxCrashes)
    }
    func reclaim(worker: String, limit: Int, maxCrashes: Int) async throws(StoreError) -> Reclaimed {
        try await base.reclaim(worker: worker, limit: limit, maxCrashes: maxCrashes)
    }
    func prune(limit: Int, retention: Retention) async throws(StoreError) -> Int {
        try await base.prune(limit: limit, retention: retention)
    }
    func job(_ id: JobID) async throws(StoreError) -> JobRecord? { try await base.job(id) }
    func job(uniqueKey: String) async throws(StoreError) -> JobRecord? { try await base.job(uniqueKey: uniqueKey) }
    func list(_ query: JobQuery) async throws(StoreError) -> JobPage { try await base.list(query) }
    func counts() async throws(StoreError) -> StoreCounts { try await base.counts() }
    func health() async -> StoreHealth { await base.health() }
    func run() async throws { try await base.run() }
    func close() async { await base.close() }
}

extension StoreForwarding {
    func cancel(_ id: JobID, reason: String) async throws(StoreError) -> Cancellation {
        try await base.cancel(id, reason: reason)
    }
    func replay(_ id: JobID) async throws(StoreError) -> Replay { try await base.replay(id) }
    func delete(_ id: JobID) async throws(StoreError) -> Deletion { try await base.delete(id) }
    func bury(_ job: NewJob, error: String) async throws(StoreError) { try await base.bury(job, error: error) }
    func waitReasons(_ id: JobID) async throws(StoreError) -> [WaitReason] { try await base.waitReasons(id) }
    func cancellations() -> AsyncStream<JobID> { base.cancellations() }
    func setQueue(_ name: String, _ change: QueueChange) async throws(StoreError) -> QueueSettings {
        try await base.setQueue(name, change)
    }
    func queues() async throws(StoreError) -> [QueueStatus] { try await base.queues() }
    func note(_ ticket: Claim.Ticket, progress: [UInt8]?, log: [String]) async throws(StoreError) -> Settlement {
        try await base.note(ticket, progress: progress, log: log)
    }
    func notes(_ id: JobID) async throws(StoreError) -> JobNotes? { try await base.notes(id) }
    func parents(of id: JobID) async throws(StoreError) -> [JobRecord] { try await base.parents(of: id) }
    func announce(_ worker: WorkerNotice, ttl: Duration) async throws(StoreError) {
        try await base.announce(worker, ttl: ttl)
    }
    func withdraw(worker: String) async throws(StoreError) { try await base.withdraw(worker: worker) }
    func workers() async throws(StoreError) -> [WorkerNotice] { try await base.workers() }
}

extension StoreForwarding {
    func putCron(_ cron: CronEntry, next: Timestamp) async throws(StoreError) {
        try await base.putCron(cron, next: next)
    }
    func deleteCron(_ name: String) async throws(StoreError) -> Bool { try await base.deleteCron(name) }
    func crons() async throws(StoreError) -> [CronStatus] { try await base.crons() }
    func dueCrons(limit: Int, wait: Duration) async throws(StoreError) -> DueCrons {
        try await base.dueCrons(limit: limit, wait: wait)
    }
    func fireCron(
        _ name: String, slot: Timestamp, next: Timestamp?, jobs: [NewJob]
    ) async throws(StoreError) -> Bool {
        try await base.fireCron(name, slot: slot, next: next, jobs: jobs)
    }
    func openBatch(_ batch: NewBatch) async throws(StoreError) { try await base.openBatch(batch) }
    func closeBatch(_ id: JobID) async throws(StoreError) -> BatchStatus? { try await base.closeBatch(id) }
    func batch(_ id: JobID) async throws(StoreError) -> BatchStatus? { try await base.batch(id) }
    func batchMembers(_ id: JobID, offset: Int, limit: Int) async throws(StoreError) -> [JobID] {
        try await base.batchMembers(id, offset: offset, limit: limit)
    }
    func check(repair: Bool) async throws(StoreError) -> StoreReport { try await base.check(repair: repair) }
}
