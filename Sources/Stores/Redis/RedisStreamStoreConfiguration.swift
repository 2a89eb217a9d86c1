/// How the Redis store behaves.
public struct RedisStreamStoreConfiguration: Sendable {
    /// Every key starts with `{namespace}:`. 1 to 64 bytes of `A–Z a–z 0–9 _ . -`.
    public var namespace: String
    /// Jobs in one script, at most 500.
    public var batch = 500
    /// How long a waiting claim or promotion may trust that a wake-up reaches it, before it looks for itself: covers a
    /// half-open subscription.
    public var recheck = Duration.seconds(5)
    /// How long a command may take before the store counts as unreachable.
    public var deadline = Duration.milliseconds(900)
    /// When no process looked for lost claims for this long, Redis stood still or its clock was set.
    public var sweepGap = Duration.seconds(8)
    /// How long lost claims are left alone after that, so that the living can extend theirs: a lease.
    public var sweepGrace = Duration.seconds(15)
    /// After this long unused, a lane or a consumer is forgotten.
    public var idle = Duration.seconds(3600)

    /// The defaults for a namespace.
    public init(namespace: String = "roost") { self.namespace = namespace }
}
