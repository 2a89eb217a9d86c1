/// One member as the registry knows it.
public struct RegistryEntry: Sendable, Equatable {
    /// Who it is.
    public var member: Member
    /// What it said with its last beat.
    public var report: MemberReport
    /// For how long each beat of it counts.
    public var ttl: Duration
    /// How long its last beat still counts; zero or negative: it expired so long ago.
    public var expiresIn: Duration

    /// Joins the parts.
    public init(member: Member, report: MemberReport, ttl: Duration, expiresIn: Duration) {
        self.member = member
        self.report = report
        self.ttl = ttl
        self.expiresIn = expiresIn
    }

    /// Whether its last beat still counts.
    public var isLive: Bool { expiresIn > .zero }

    /// How long ago its last beat was.
    public var age: Duration { max(.zero, ttl - expiresIn) }
}
