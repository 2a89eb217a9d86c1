import RoostJobs

/// Where foreign producers leave jobs, and how they are fetched.
public struct RedisIngestConfiguration: Sendable {
    /// The stream's key, on the server of the store.
    public var stream = "jobs:work"
    /// The consumer group, made from the stream's first entry when it is not there.
    public var group = "roost"
    /// The consumer: a name nobody else uses at the same time.
    public var consumer = "ingest-\(JobIDGenerator.shared.next())"
    /// The queue of entries that name none.
    public var queue = JobDefaults.queue
    /// How many attempts a job has; those an entry says were made already are taken off.
    public var maxAttempts = JobDefaults.maxAttempts
    /// Entries fetched at once, 1 to 500.
    public var batch = 100
    /// How long one read waits for entries: at most two seconds, so that a stop is quick.
    public var block = Duration.seconds(2)
    /// After this long unacknowledged, an entry is taken over from its consumer.
    public var idle = Duration.seconds(30)
    /// After this long without a sign of life, a consumer that owns nothing is forgotten.
    public var forget = Duration.seconds(3600)
    /// The longest pause after a failure, or while a queue is full.
    public var pause = Duration.seconds(2)

    /// The defaults.
    public init() {}
}
