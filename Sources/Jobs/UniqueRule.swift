/// Keeps a second job of the same key away.
public struct UniqueRule: Sendable, Equatable {
    /// What is unique: 1 to 200 bytes without white space.
    public var key: String
    /// For how long after its acceptance a job keeps others away; nil: while it is unfinished, or done and kept.
    /// A job that failed or was cancelled keeps nobody away.
    public var period: Duration?
    /// What happens to the second job.
    public var conflict: Conflict

    /// What happens when a job with the key is there already.
    public enum Conflict: String, Sendable, CaseIterable {
        /// The second is not accepted; the first stands for it.
        case reject
        /// A first that has not started is cancelled and the second accepted; one that runs or is done stays.
        case replace
        /// A first that waits for its time waits until the second's time instead; the second is not accepted.
        case extend
    }

    /// A rule.
    public init(key: String, period: Duration? = nil, conflict: Conflict = .reject) {
        self.key = key
        self.period = period
        self.conflict = conflict
    }
}

/// A producer's own name for one request: a repeat with the same bytes is the same request, one with others a mistake.
public struct IdempotencyKey: Sendable, Equatable {
    /// 1 to 200 bytes without white space.
    public var key: String
    /// A digest of the whole request: 1 to 64 bytes of `A–Z a–z 0–9`.
    public var digest: String

    /// How long a store remembers a key, from the acceptance of the job.
    public static let lifetime = Duration.seconds(86_400)

    /// A key and what it stood for.
    public init(key: String, digest: String) {
        self.key = key
        self.digest = digest
    }
}
