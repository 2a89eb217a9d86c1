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
    /// While a job with this key is unfinished, or done and kept, the same key makes no second job. At most 200
    /// bytes, without white space.
    public var uniqueKey: String?

    /// When a job may start, on the store's clock.
    public enum Start: Sendable, Equatable {
        /// As soon as a worker is free.
        case now
        /// Not before this long after the store accepted it.
        case after(Duration)
        /// Not before this moment.
        case at(Timestamp)
    }

    /// A job with the defaults of `JobDefaults`; values outside the limits are clamped by `validated()`.
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
        self.uniqueKey = uniqueKey
    }
}
