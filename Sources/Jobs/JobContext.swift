/// What a handler knows of the attempt it runs in.
public struct JobContext: Sendable {
    /// The job's id.
    public let id: JobID
    /// The kind of work.
    public let type: String
    /// The queue it came from.
    public let queue: String
    /// This attempt, from 1.
    public let attempt: Int
    /// Attempts that may fail.
    public let maxAttempts: Int
    /// When the store accepted the job.
    public let insertedAt: Timestamp
    /// The member that runs it.
    public let worker: String

    /// The context of a claimed job.
    public init(_ job: JobRecord, worker: String) {
        id = job.id
        type = job.type
        queue = job.queue
        attempt = job.attempt
        maxAttempts = job.maxAttempts
        insertedAt = job.insertedAt
        self.worker = worker
    }

    /// The same for every attempt of this job: give it to the systems you call, so that a repeated attempt has its
    /// effect once.
    public var idempotencyKey: String { id.description }

    /// Whether the attempt should stop: its deadline came, the job was cancelled or the lease was lost.
    public var isCancelled: Bool { Task.isCancelled }
}
