/// What the failure detector believes of a member, from its own connection to it and from what others say.
public enum MemberLink: Sendable, Hashable {
    /// No mesh says anything of it: the registry alone speaks.
    case unknown
    /// A connection stands and carries.
    case connected
    /// No dial has reached it yet, and nobody else is known to.
    case unreached(since: ContinuousClock.Instant)
    /// Its connection broke or fell silent; it is looked for.
    case suspect(since: ContinuousClock.Instant)
    /// Others reach it, this member does not: a bad link.
    case indirect(since: ContinuousClock.Instant)
    /// Its life has ended; it can only come back as a new incarnation.
    case down(since: ContinuousClock.Instant, DownProof)

    /// Whether it is alive and this member cannot reach it itself.
    public var isBad: Bool {
        if case .indirect = self { true } else { false }
    }

    /// Whether this life has ended.
    public var isDown: Bool {
        if case .down = self { true } else { false }
    }

    /// Whether it was met and is not given up: the registry does not speak against it then.
    var isHeld: Bool {
        switch self {
        case .connected, .suspect, .indirect: true
        case .unknown, .unreached, .down: false
        }
    }
}

/// A life of a member that has ended without a goodbye.
public struct MemberDown: Sendable, Hashable {
    /// Who it was.
    public let member: Member
    /// What is known of the end. Only when it is conclusive may what the member held be taken from it at once.
    public let proof: DownProof
    /// What it said of itself last; all zero when it died before it was heard.
    public let report: MemberReport

    /// Joins the parts.
    public init(member: Member, proof: DownProof, report: MemberReport = MemberReport()) {
        self.member = member
        self.proof = proof
        self.report = report
    }
}
