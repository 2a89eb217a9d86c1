/// A job as a producer asks for it, before a store has accepted it.
public struct NewJob: Sendable, Equatable {
    /// The job's id, made by the producer, so that a repeated enqueue after a lost reply is the same job.
    public var id: JobID
    /// What kind of work it is: names the handler. 1 to 100 bytes, see `JobName`.
    public var type: String
    /// The queue it waits in. 1 to 100 bytes, see `JobName`.
    public var queue: String
    /// The argument: JSON bytes, kept and handed on unchanged.
    public var payload: [UInt8]
    /// 1 (first) to 10 (last).
    public var priority: Int
    /// How many attempts may fail before the job becomes a dead letter; crashes of a worker are counted apart.
    public var maxAttempts: Int
    /// How long one attempt may run.
    public var timeout: Duration
    /// How long the record and its result are kept after the job is done.
    public var resultTTL: Duration
    /// When it may start.
    public var start: Start
    /// Keeps a second such job away; nil: any number of them.
    public var unique: UniqueRule?

    // What few jobs use; it costs those that do not nothing.

    /// The request this job came with; nil: the id alone tells repeats.
    public var idempotency: IdempotencyKey?
    /// How long to wait between attempts; nil: as the handler's type says.
    public var retry: RetryPolicy?
    /// A job that has not started its first attempt by then is cancelled; nil: it waits as long as it must.
    public var startBy: Start?
    /// A job that has not ended by then fails; an attempt that runs is stopped. nil: never.
    public var deadline: Start?
    /// Whose job it is: tenants of a queue take turns and can be limited each. See `JobName`.
    public var tenant: String?
    /// Words to find it by: at most `JobLimits.tags`, see `JobName`.
    public var tags: [String]
    /// Fields of the payload to find it by, and their values as text: at most `JobLimits.terms`, see `JobName` for the
    /// fields; values of 1 to `JobLimits.termValueBytes` bytes.
    public var terms: [String: String]
    /// The W3C trace context it belongs to (`traceparent`), at most 64 bytes of `JobName`.
    public var trace: String?
    /// Jobs that must end before this one may start: already accepted, at most `JobLimits.parents`.
    public var parents: [JobID]
    /// What becomes of this job when a parent failed, was cancelled or is not there any more.
    public var parentRule: ParentRule
    /// The open batch it belongs to.
    public var batch: JobID?

    /// When a job may start, on the store's clock.
    public enum Start: Sendable, Equatable {
        /// As soon as a worker is free.
        case now
        /// Not before this long after the store accepted it.
        case after(Duration)
        /// Not before this moment.
        case at(Timestamp)

        /// The moment, for a job accepted at `now`.
        public func moment(_ now: Timestamp) -> Timestamp {
            switch self {
            case .now: now
            case .after(let delay): now.advanced(by: delay)
            case .at(let time): time
            }
        }
    }

    /// When parents let a job go.
    public enum ParentRule: String, Sendable, CaseIterable {
        /// When all are done; it is cancelled when one failed or was cancelled.
        case done
        /// When all have ended, however.
        case ended
    }

    /// A job with the defaults of `JobDefaults`; `validated()` says what breaks a limit.
    public init(
        id: JobID = JobIDGenerator.shared.next(), type: String, queue: String = JobDefaults.queue, payload: [UInt8],
        priority: Int = JobDefaults.priority, maxAttempts: Int = JobDefaults.maxAttempts,
        timeout: Duration = JobDefaults.timeout, resultTTL: Duration = JobDefaults.resultTTL, start: Start = .now,
        uniqueKey: String? = nil
    ) {
        self.id = id
        self.type = type
        self.queue = queue
        self.payload = payload
        self.priority = priority
        self.maxAttempts = maxAttempts
        self.timeout = timeout
        self.resultTTL = resultTTL
        self.start = start
        unique = uniqueKey.map { UniqueRule(key: $0) }
        tags = []
        terms = [:]
        parents = []
        parentRule = .done
    }

    /// The key of `unique`; setting one keeps the rule's other parts.
    public var uniqueKey: String? {
        get { unique?.key }
        set {
            unique = newValue.map { UniqueRule(key: $0, period: unique?.period, conflict: unique?.conflict ?? .reject) }
        }
    }
}
