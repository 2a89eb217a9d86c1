/// What a store says of itself.
public struct StoreHealth: Sendable, Equatable {
    /// What it is, without secrets: `redis://host:6379 7.0.15`.
    public var description: String
    /// Whether it answers now.
    public var isReachable: Bool
    /// What an acknowledged job survives: `memory`, `fsync`, `appendfsync always`, `appendfsync everysec`, …
    public var durability: String
    /// What an operator should know: an eviction policy that loses jobs, a full disk, the last error.
    public var warnings: [String]
    /// How long the answer took.
    public var latency: Duration?

    /// A health report.
    public init(
        description: String, isReachable: Bool, durability: String, warnings: [String] = [], latency: Duration? = nil
    ) {
        self.description = description
        self.isReachable = isReachable
        self.durability = durability
        self.warnings = warnings
        self.latency = latency
    }
}
