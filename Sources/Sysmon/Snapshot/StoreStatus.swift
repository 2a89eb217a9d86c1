/// What is known of the store.
public struct StoreStatus: Codable, Sendable, Equatable {
    /// What it is, without secrets.
    public var description: String
    /// Whether it answered this time.
    public var reachable: Bool
    /// What an acknowledged job survives.
    public var durability: String
    /// What an operator should know.
    public var warnings: [String]
    /// How long its answer took, milliseconds.
    public var latencyMilliseconds: Double?
    /// While it is away: when the numbers shown were true, microseconds since 1970.
    public var staleSince: Int64?
    /// While it is away: why.
    public var error: String?

    enum CodingKeys: String, CodingKey {
        case description, reachable, durability, warnings, error
        case latencyMilliseconds = "latency_ms"
        case staleSince = "stale_since"
    }
}

/// What is known of the registry.
public struct RegistryStatus: Codable, Sendable, Equatable {
    /// Whether it does its work.
    public enum State: String, Codable, Sendable {
        /// It answers, and its answers agree with what was known.
        case ok
        /// It does not answer or lost its memory; the members known stay.
        case degraded
    }

    /// Whether it does its work.
    public var state: State
    /// Since when, microseconds since 1970.
    public var since: Int64
}
