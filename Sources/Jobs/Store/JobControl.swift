/// What a person or another program does to one job.
public protocol JobControl: Sendable {
    /// Calls a job off. One that has not started ends at once and never starts; for one that runs the wish is kept with
    /// the job, told to its worker, and done by the worker's settle or by a reclaim. May be repeated.
    func cancel(_ id: JobID, reason: String) async throws(StoreError) -> Cancellation

    /// Queues a dead letter or a cancelled job again, with as many attempts as a new one. Its attempts go on counting,
    /// its errors stay.
    func replay(_ id: JobID) async throws(StoreError) -> Replay

    /// Deletes a job that does not run, with all that is kept about it.
    func delete(_ id: JobID) async throws(StoreError) -> Deletion

    /// Keeps as a dead letter what is no job, with its bytes as payload. May be repeated, by id.
    func bury(_ job: NewJob, error: String) async throws(StoreError)

    /// Why a job does not run now; empty for one that ended or never was.
    func waitReasons(_ id: JobID) async throws(StoreError) -> [WaitReason]

    /// Running jobs somebody wants cancelled, as they are told of: a hint, that `extend` repeats. Ends when the task is
    /// cancelled or the store closed; keeps the newest 1,000 for a slow reader.
    func cancellations() -> AsyncStream<JobID>
}

/// What became of a cancel.
public enum Cancellation: Sendable, Equatable {
    /// The job had not started and never will.
    case cancelled
    /// The job runs; its worker is told.
    case requested(worker: String)
    /// The job had ended before.
    case ended(JobState)
    /// There is no such job.
    case unknown
}

/// What became of a replay.
public enum Replay: Sendable, Equatable {
    /// Queued again.
    case queued
    /// Not done: the job is in this state.
    case refused(JobState)
    /// There is no such job.
    case unknown
}

/// What became of a delete.
public enum Deletion: Sendable, Equatable {
    /// Gone.
    case deleted
    /// Not done: cancel it first.
    case running
    /// There is no such job.
    case unknown
}

/// One reason why a job does not run now.
public enum WaitReason: Sendable, Equatable {
    /// It waits for its time: its delay, its retry.
    case scheduled(until: Timestamp)
    /// It waits for this many other jobs to end.
    case parents(Int)
    /// Its queue, or every queue (`*`), is paused.
    case paused(queue: String)
    /// As many jobs run as may: of its queue, of all queues (`*`), or of its tenant.
    case concurrency(queue: String, tenant: String?, limit: Int)
    /// As many jobs have started as may in the time; until then.
    case rate(queue: String, tenant: String?, until: Timestamp)
    /// No live worker serves its queue and handles its type.
    case noWorker(type: String, queue: String)
    /// So many live workers would take it, and none of them had a free slot when it spoke last.
    case busy(queue: String, workers: Int)
    /// So many jobs of its queue, band and type are before it; a thousand means that or more.
    case position(ahead: Int)
    /// It does run.
    case running(worker: String, leaseUntil: Timestamp)
}
