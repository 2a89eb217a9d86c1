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
    /// How long to wait between attempts; nil: as the handler's type says.
    public var retry: RetryPolicy?
    /// A job that has not started its first attempt by then is cancelled.
    public var startBy: Timestamp?
    /// A job that has not ended by then fails.
    public var deadline: Timestamp?
    /// Whose job it is.
    public var tenant: String?
    /// Words to find it by.
    public var tags: [String]
    /// Fields of the payload to find it by, and their values.
    public var terms: [String: String]
    /// The W3C trace context it belongs to.
    public var trace: String?
    /// Whether it waits or waited for other jobs; `JobStore.parents` tells which.
    public var hasParents: Bool
    /// What becomes of it when a parent failed.
    public var parentRule: NewJob.ParentRule
    /// The batch it belongs to.
    public var batch: JobID?

    /// Where it is.
    public var state: JobState
    /// The attempt that runs or ran last, from 1; 0 before the first.
    public var attempt: Int
    /// How many workers died with it, since it was accepted or replayed last.
    public var crashes: Int
    /// Attempts made before it was replayed last.
    public var attemptsBefore: Int
    /// When the store accepted it.
    public var insertedAt: Timestamp
    /// When it may start, while scheduled.
    public var runAt: Timestamp?
    /// When its last attempt started.
    public var startedAt: Timestamp?
    /// When it ended.
    public var finishedAt: Timestamp?
    /// When the record goes, once ended; nil while a job that names it as a parent has not ended.
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
        retry = job.retry
        startBy = job.startBy?.moment(insertedAt)
        deadline = job.deadline?.moment(insertedAt)
        tenant = job.tenant
        tags = job.tags
        terms = job.terms
        trace = job.trace
        hasParents = !job.parents.isEmpty
        parentRule = job.parentRule
        batch = job.batch
        self.state = state
        attempt = 0
        crashes = 0
        attemptsBefore = 0
        self.insertedAt = insertedAt
        self.runAt = runAt
    }

    /// Attempts that failed by the handler's doing since the last replay: those a crash ended do not count.
    public var failures: Int { max(0, attempt - attemptsBefore - crashes) }

    /// When the job's time is over if it has not started (or, once started, ended) by then.
    public var overdueAt: Timestamp? {
        guard startedAt == nil, let startBy else { return deadline }
        return deadline.map { min($0, startBy) } ?? startBy
    }
}
