/// A job written as a type: its stored properties are the payload, `run` is the handler.
///
/// ```swift
/// struct Thumbnail: Job {
///     static let type = "thumbnail"
///     static let options = JobOptions(queue: "media", maxAttempts: 5, timeout: .seconds(30))
///     var source: String
///     func run(_ context: JobContext) async throws -> Size { … }
/// }
///
/// let size = try await store.enqueue(Thumbnail(source: "a.jpg")).value(timeout: .seconds(60))
/// ```
///
/// `HandlerRegistry.register` has a node run it; `JobStore.enqueue` accepts it, `NewJob(_:)` makes what a store accepts.
public protocol Job: Codable, Sendable {
    /// What the job's result is stored as; `Never`-like jobs return `NoResult`.
    associatedtype Output: Codable & Sendable

    /// The wire name: `POST /jobs {"type":"thumbnail"}`.
    static var type: String { get }

    /// Queue, attempts, timeouts; the defaults unless overridden.
    static var options: JobOptions { get }

    /// What to do about a failed attempt while more are left; nil, the default: as the policies say.
    ///
    /// Not asked when the handler threw a `JobOutcome`. A producer's own `NewJob.retry` beats `.after`, not `.fail`.
    static func retry(_ failure: RetryFailure) -> RetryDecision?

    /// Does the work. Throwing fails the attempt: it is tried again while attempts are left, unless a `JobOutcome` says
    /// otherwise. The task is cancelled at the deadline, when the job is cancelled and when the lease was lost. What a
    /// cancelled job returns still counts as its result; what it throws does not matter.
    func run(_ context: JobContext) async throws -> Output
}

extension Job {
    /// The defaults.
    public static var options: JobOptions { JobOptions() }

    /// As the policies say.
    public static func retry(_ failure: RetryFailure) -> RetryDecision? { nil }
}

/// The result of a job that has none: stored as `null`.
public struct NoResult: Codable, Sendable {
    /// Nothing.
    public init() {}

    public init(from decoder: any Decoder) throws {}

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encodeNil()
    }
}

/// What a type of job asks for unless a producer says otherwise.
///
/// A producer's side applies all but `retry`, when it makes a `NewJob` of the type: jobs that come over HTTP or from
/// other programs bring their own. A worker's side applies `retry`, when the type is registered.
public struct JobOptions: Sendable, Equatable {
    /// The queue.
    public var queue: String
    /// 1 (first) to 10 (last).
    public var priority: Int
    /// Attempts that may fail.
    public var maxAttempts: Int
    /// One attempt's time.
    public var timeout: Duration
    /// How long a result is kept.
    public var resultTTL: Duration
    /// How long to wait between attempts; a job's own `NewJob.retry` beats it.
    public var retry: RetryPolicy

    /// Options with the system's defaults.
    public init(
        queue: String = JobDefaults.queue, priority: Int = JobDefaults.priority,
        maxAttempts: Int = JobDefaults.maxAttempts, timeout: Duration = JobDefaults.timeout,
        resultTTL: Duration = JobDefaults.resultTTL, retry: RetryPolicy = RetryPolicy()
    ) {
        self.queue = queue
        self.priority = priority
        self.maxAttempts = maxAttempts
        self.timeout = timeout
        self.resultTTL = resultTTL
        self.retry = retry
    }
}
