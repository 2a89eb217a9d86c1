import RoostJobs
import Synchronization

/// A store that counts the calls it passes on.
final class CountingStore: JobStore {
    let store: any JobStore
    private let calls = Mutex<[String: Int]>([:])

    init(_ store: any JobStore) { self.store = store }

    /// How often what was called, since the last time this was asked.
    func taken() -> [String: Int] {
        calls.withLock { calls in
            defer { calls = [:] }
            return calls
        }
    }

    func count(_ name: String) { calls.withLock { $0[name, default: 0] += 1 } }

    func enqueue(_ jobs: [NewJob]) async throws(StoreError) -> [Enqueued] {
        count("enqueue")
        return try await store.enqueue(jobs)
    }

    func claim(_ request: ClaimRequest) async throws(StoreError) -> [Claim] {
        count("claim")
        return try await store.claim(request)
    }

    func extend(_ tickets: [Claim.Ticket], lease: Duration) async throws(StoreError) -> Extended {
        count("extend")
        return try await store.extend(tickets, lease: lease)
    }

    func settle(_ ticket: Claim.Ticket, _ outcome: Outcome) async throws(StoreError) -> Settlement {
        count("settle")
        return try await store.settle(ticket, outcome)
    }

    func promoteDue(limit: Int, wait: Duration) async throws(StoreError) -> Int {
        count("promoteDue")
        return try await store.promoteDue(limit: limit, wait: wait)
    }

    func reclaim(limit: Int, maxCrashes: Int) async throws(StoreError) -> Reclaimed {
        count("reclaim")
        return try await store.reclaim(limit: limit, maxCrashes: maxCrashes)
    }

    func reclaim(worker: String, limit: Int, maxCrashes: Int) async throws(StoreError) -> Reclaimed {
        count("reclaim")
        return try await store.reclaim(worker: worker, limit: limit, maxCrashes: maxCrashes)
    }

    func prune(limit: Int, retention: Retention) async throws(StoreError) -> Int {
        count("prune")
        return try await store.prune(limit: limit, retention: retention)
    }

    func job(_ id: JobID) async throws(StoreError) -> JobRecord? {
        count("job")
        return try await store.job(id)
    }

    func job(uniqueKey: String) async throws(StoreError) -> JobRecord? {
        count("job")
        return try await store.job(uniqueKey: uniqueKey)
    }

    func list(_ query: JobQuery) async throws(StoreError) -> JobPage {
        count("list")
        return try await store.list(query)
    }

    func counts() async throws(StoreError) -> StoreCounts {
        count("counts")
        return try await store.counts()
    }

    func health() async -> StoreHealth {
        count("health")
        return await store.health()
    }

    func run() async throws {
        count("run")
        try await store.run()
    }

    func close() async {
        count("close")
        await store.close()
    }

    func cancel(_ id: JobID, reason: String) async throws(StoreError) -> Cancellation {
        count("cancel")
        return try await store.cancel(id, reason: reason)
    }

    func replay(_ id: JobID) async throws(StoreError) -> Replay {
        count("replay")
        return try await store.replay(id)
    }

    func delete(_ id: JobID) async throws(StoreError) -> Deletion {
        count("delete")
        return try await store.delete(id)
    }

    func bury(_ job: NewJob, error: String) async throws(StoreError) {
        count("bury")
        try await store.bury(job, error: error)
    }

    func waitReasons(_ id: JobID) async throws(StoreError) -> [WaitReason] {
        count("waitReasons")
        return try await store.waitReasons(id)
    }

    func cancellations() -> AsyncStream<JobID> {
        count("cancellations")
        return store.cancellations()
    }

    func setQueue(_ name: String, _ change: QueueChange) async throws(StoreError) -> QueueSettings {
        count("setQueue")
        return try await store.setQueue(name, change)
    }

    func queues() async throws(StoreError) -> [RoostJobs.QueueStatus] {
        count("queues")
        return try await store.queues()
    }

    func note(_ ticket: Claim.Ticket, progress: [UInt8]?, log: [String]) async throws(StoreError) -> Settlement {
        count("note")
        return try await store.note(ticket, progress: progress, log: log)
    }

    func notes(_ id: JobID) async throws(StoreError) -> JobNotes? {
        count("notes")
        return try await store.notes(id)
    }

    func parents(of id: JobID) async throws(StoreError) -> [JobRecord] {
        count("parents")
        return try await store.parents(of: id)
    }

    func announce(_ worker: WorkerNotice, ttl: Duration) async throws(StoreError) {
        count("announce")
        try await store.announce(worker, ttl: ttl)
    }

    func withdraw(worker: String) async throws(StoreError) {
        count("withdraw")
        try await store.withdraw(worker: worker)
    }

    func workers() async throws(StoreError) -> [WorkerNotice] {
        count("workers")
        return try await store.workers()
    }

    func putCron(_ cron: CronEntry, next: Timestamp) async throws(StoreError) {
        count("putCron")
        try await store.putCron(cron, next: next)
    }

    func deleteCron(_ name: String) async throws(StoreError) -> Bool {
        count("deleteCron")
        return try await store.deleteCron(name)
    }

    func crons() async throws(StoreError) -> [CronStatus] {
        count("crons")
        return try await store.crons()
    }

    func dueCrons(limit: Int, wait: Duration) async throws(StoreError) -> DueCrons {
        count("dueCrons")
        return try await store.dueCrons(limit: limit, wait: wait)
    }

    func fireCron(_ name: String, slot: Timestamp, next: Timestamp?, jobs: [NewJob]) async throws(StoreError) -> Bool {
        count("fireCron")
        return try await store.fireCron(name, slot: slot, next: next, jobs: jobs)
    }

    func openBatch(_ batch: NewBatch) async throws(StoreError) {
        count("openBatch")
        try await store.openBatch(batch)
    }

    func closeBatch(_ id: JobID) async throws(StoreError) -> BatchStatus? {
        count("closeBatch")
        return try await store.closeBatch(id)
    }

    func batch(_ id: JobID) async throws(StoreError) -> BatchStatus? {
        count("batch")
        return try await store.batch(id)
    }

    func batchMembers(_ id: JobID, offset: Int, limit: Int) async throws(StoreError) -> [JobID] {
        count("batchMembers")
        return try await store.batchMembers(id, offset: offset, limit: limit)
    }

    func check(repair: Bool) async throws(StoreError) -> StoreReport {
        count("check")
        return try await store.check(repair: repair)
    }
}
