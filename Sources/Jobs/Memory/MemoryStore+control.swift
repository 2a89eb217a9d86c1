extension MemoryStore {
    public func cancel(_ id: JobID, reason: String) async throws(StoreError) -> Cancellation {
        try with { $0.cancel(id, reason: reason, now: clock()) }
    }

    public func replay(_ id: JobID) async throws(StoreError) -> Replay { try with { $0.replay(id, now: clock()) } }

    public func delete(_ id: JobID) async throws(StoreError) -> Deletion { try with { $0.delete(id, now: clock()) } }

    public func bury(_ job: NewJob, error: String) async throws(StoreError) {
        try StoreRequest.check([job])
        try with { $0.bury(job, error: error, now: clock()) }
    }

    public func waitReasons(_ id: JobID) async throws(StoreError) -> [WaitReason] {
        try with { $0.waitReasons(id, now: clock()) }
    }

    public func cancellations() -> AsyncStream<JobID> { wishes.stream() }

    public func setQueue(_ name: String, _ change: QueueChange) async throws(StoreError) -> QueueSettings {
        try StoreRequest.check(change, queue: name)
        guard let settings = try with({ $0.setQueue(name, change) }) else {
            throw StoreError(.invalid, "at most \(JobLimits.queues) queues have settings")
        }
        return settings
    }

    public func queues() async throws(StoreError) -> [QueueStatus] { try with { $0.queueStatuses() } }

    public func note(
        _ ticket: Claim.Ticket, progress: [UInt8]?, log: [String]
    ) async throws(StoreError) -> Settlement {
        try StoreRequest.check(progress: progress)
        return try with { $0.note(ticket, progress: progress, log: log, now: clock()) }
    }

    public func notes(_ id: JobID) async throws(StoreError) -> JobNotes? { try with { $0.notes(id, now: clock()) } }

    public func parents(of id: JobID) async throws(StoreError) -> [JobRecord] {
        try with { $0.parents(of: id, now: clock()) }
    }

    public func announce(_ worker: WorkerNotice, ttl: Duration) async throws(StoreError) {
        let until = clock().advanced(by: ttl)
        try with { $0.notices[worker.worker] = (worker, until) }
    }

    public func withdraw(worker: String) async throws(StoreError) { try with { $0.notices[worker] = nil } }

    public func workers() async throws(StoreError) -> [WorkerNotice] {
        let now = clock()
        return try with { machine in
            machine.notices = machine.notices.filter { $0.value.until > now }
            return machine.notices.values.map(\.notice).sorted { $0.worker < $1.worker }
        }
    }
}
