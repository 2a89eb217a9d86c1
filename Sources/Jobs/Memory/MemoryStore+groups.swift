extension MemoryStore {
    public func putCron(_ cron: CronEntry, next: Timestamp) async throws(StoreError) {
        try StoreRequest.check(cron)
        guard try with({ $0.putCron(cron, next: next) }) else {
            throw StoreError(.invalid, "at most \(JobLimits.crons) periodic jobs")
        }
    }

    public func deleteCron(_ name: String) async throws(StoreError) -> Bool {
        try with { $0.crons.removeValue(forKey: name) != nil }
    }

    public func crons() async throws(StoreError) -> [CronStatus] {
        try with { $0.crons.values.sorted { $0.entry.name < $1.entry.name } }
    }

    public func dueCrons(limit: Int, wait: Duration) async throws(StoreError) -> DueCrons {
        let deadline = ContinuousClock.now + min(max(.zero, wait), .seconds(3600))
        while true {
            let generation = cronsChanged.generation
            let now = clock()
            let (due, next) = try with { $0.dueCrons(limit: limit, now: now) }
            let left = deadline - .now
            if !due.crons.isEmpty || left <= .zero || Task.isCancelled { return due }
            await cronsChanged.wait(
                after: generation, upTo: min(left, next.map { $0.since(now) + .milliseconds(1) } ?? left))
        }
    }

    public func fireCron(
        _ name: String, slot: Timestamp, next: Timestamp?, jobs: [NewJob]
    ) async throws(StoreError) -> Bool {
        try StoreRequest.check(jobs)
        return try with { $0.fireCron(name, slot: slot, next: next, jobs: jobs, now: clock()) }
    }

    public func openBatch(_ batch: NewBatch) async throws(StoreError) {
        try StoreRequest.check(batch)
        try with { $0.openBatch(batch, now: clock()) }
    }

    public func closeBatch(_ id: JobID) async throws(StoreError) -> BatchStatus? {
        try with { $0.closeBatch(id, now: clock()) }
    }

    public func batch(_ id: JobID) async throws(StoreError) -> BatchStatus? {
        try with { $0.batch(id, now: clock()) }
    }

    public func batchMembers(_ id: JobID, offset: Int, limit: Int) async throws(StoreError) -> [JobID] {
        try with { Array(($0.batches[id]?.members ?? []).dropFirst(max(0, offset)).prefix(min(max(1, limit), 500))) }
    }

    public func check(repair: Bool) async throws(StoreError) -> StoreReport { try with { $0.check(repair: repair) } }
}
