/// What is believed of a member.
public enum MemberState: Sendable, Hashable {
    /// It is connected, suspected at most, or beats and nothing speaks against it.
    case up
    /// It is down, no dial reaches it, or its beats stopped while the registry answered; its `MemberLink` tells which.
    case lost(since: ContinuousClock.Instant)
    /// It said goodbye.
    case left(since: ContinuousClock.Instant)

    /// Whether it is worth talking to.
    public var isUp: Bool { self == .up }
}

/// What is believed of the registry.
public enum RegistryState: Sendable, Hashable {
    /// It answers, and its answers agree with what was known.
    case healthy
    /// It does not answer, or it lost its memory and is filling up again. Nobody is forgotten meanwhile.
    case degraded(since: ContinuousClock.Instant)

    /// Whether it answers and agrees.
    public var isHealthy: Bool { self == .healthy }
}
