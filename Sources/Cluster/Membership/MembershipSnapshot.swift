/// Who is there, at one moment.
public struct MembershipSnapshot: Sendable {
    /// One member in a snapshot.
    public struct Entry: Sendable {
        /// Who it is.
        public var member: Member
        /// What it said last.
        public var report: MemberReport
        /// What is believed of it.
        public var state: MemberState
        /// How long ago it last beat, as far as is known.
        public var heartbeatAge: Duration
        /// What the failure detector believes of it.
        public var link: MemberLink
        /// How long ago anything was heard over its connection; nil without one.
        public var lastHeard: Duration?
        /// The last PING's time there and back; nil before the first.
        public var roundTrip: Duration?
        /// To how many members it was connected when it last said so.
        public var connections: Int?

        /// Joins the parts.
        public init(
            member: Member, report: MemberReport, state: MemberState, heartbeatAge: Duration,
            link: MemberLink = .unknown, lastHeard: Duration? = nil, roundTrip: Duration? = nil,
            connections: Int? = nil
        ) {
            self.member = member
            self.report = report
            self.state = state
            self.heartbeatAge = heartbeatAge
            self.link = link
            self.lastHeard = lastHeard
            self.roundTrip = roundTrip
            self.connections = connections
        }
    }

    /// This member itself.
    public var me: Member
    /// All members known, this one included, in name order: those up, and those lost or left within ten minutes.
    public var members: [Entry]
    /// What is believed of the registry.
    public var registry: RegistryState
    /// The registry's epoch at the last answer; zero before the first.
    public var epoch: Int64
    /// Malformed or forged entries in the last answer, skipped.
    public var skippedEntries: Int
    /// When this was taken: the reference for the `since` of the states.
    public var taken: ContinuousClock.Instant

    /// Joins the parts.
    public init(
        me: Member, members: [Entry], registry: RegistryState, epoch: Int64, skippedEntries: Int = 0,
        taken: ContinuousClock.Instant
    ) {
        self.me = me
        self.members = members
        self.registry = registry
        self.epoch = epoch
        self.skippedEntries = skippedEntries
        self.taken = taken
    }

    /// The members up, in name order.
    public var up: [Entry] { members.filter(\.state.isUp) }

    /// The members that others reach and this one does not.
    public var badLinks: [Entry] { members.filter(\.link.isBad) }
}
