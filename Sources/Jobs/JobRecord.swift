/// A job as its store knows it now.
public struct JobRecord: Sendable, Equatable {
    /// The job's id.
    public var id: JobID
    /// The kind of work.
    public var type: String
    /// The queue it was sent to.
    public var queue: String
    /// The argument, byte for byte as it came.
    public var payload: [UInt8]
    /// 1 (first) to 10 (last).
    public var priority: Int
    /// Attempts that may fail.
    public var maxAttempts: Int
    /// One attempt's time.
    public var timeout: Duration
    /// How long the record is kept once done.
    public var resultTTL: Duration
    /// The key that keeps a second such job away.
    public var uniqueKey: String?

    /// Where it is.
    public var state: JobState
    /// The attempt that runs or ran last, from 1; 0 before the first.
    public var attempt: Int
    /// How many workers died with it.
    public var crashes: Int
    /// When the store accepted it.
    public var insertedAt: Timestamp
    /// When it may start, while scheduled.
    public var runAt: Timestamp?
    /// When its last attempt started.
    public var startedAt: Timestamp?
    /// When it ended.
    public var finishedAt: Timestamp?
    /// When the record goes, once ended.
    public var expiresAt: Timestamp?
    /// What the handler returned: JSON bytes, kept unchanged.
    public var result: [UInt8]?
    /// Why the last attempt failed.
    public var error: String?
    /// Who runs it or ran it last.
    public var worker: String?

    /// A record of a job just accepted.
    public init(_ job: NewJob, state: JobState, insertedAt: Timestamp, runAt: Timestamp?) {
        id = job.id
        type = job.type
        queue = job.queue
        payload = job.payload
        priority = job.priority
        maxAttempts = job.maxAttempts
        timeout = job.timeout
        resultTTL = job.resultTTL
        uniqueKey = job.uniqueKey
        self.state = state
        attempt = 0
        crashes = 0
        self.insertedAt = insertedAt
        self.runAt = runAt
    }

    /// Attempts that failed by the handler's doing: those a crash ended do not count.
    public var failures: Int { max(0, attempt - crashes) }
}
