public import RoostJobs

/// Who is there, as whoever knows it tells the snapshot source. Plain values: no room's types but this one's.
public struct ClusterView: Sendable, Equatable {
    /// The members known.
    public var members: [MemberView]
    /// For how long the registry has been degraded; nil while it does its work.
    public var registryDegradedFor: Duration?

    /// Joins the parts.
    public init(members: [MemberView] = [], registryDegradedFor: Duration? = nil) {
        self.members = members
        self.registryDegradedFor = registryDegradedFor
    }
}

/// One member, as it is believed to be now.
public struct MemberView: Sendable, Equatable {
    /// `role@host:port`; one entry a name.
    public var name: String
    /// The role its name says.
    public var role: String
    /// Everything it does.
    public var roles: [String]
    /// Which life of the name: another number is another process.
    public var incarnation: UInt64
    /// What is believed of it.
    public var state: NodeState
    /// For how long it has been in that state, if known.
    public var stateAge: Duration?
    /// How long ago it last beat.
    public var heartbeatAge: Duration?
    /// How many jobs it can run at once.
    public var slots = 0
    /// How many it runs now.
    public var busy = 0
    /// Jobs that ended well since it started.
    public var processed = 0
    /// Jobs that failed since it started.
    public var failed = 0
    /// Members it is connected to, if known.
    public var peers: Int?
    /// What the watcher's own connection to it is like, if it has a mesh.
    public var link: NodeLink?
    /// The last ping's time there and back.
    public var roundTrip: Duration?
    /// When it started, by its own clock.
    public var started: Timestamp?
    /// The version of its program.
    public var version = ""
    /// Where its HTTP API answers.
    public var http: String?
    /// Where its console answers.
    public var console: String?
    /// Resident memory in bytes, if known.
    public var memory: Int?
    /// Its supervised loops.
    public var duties: [NodeStatus.Duty] = []

    /// A member of which nothing more is known; set the rest as properties.
    public init(
        name: String, role: String, roles: [String]? = nil, incarnation: UInt64 = 0, state: NodeState = .up,
        stateAge: Duration? = nil, heartbeatAge: Duration? = nil
    ) {
        self.name = name
        self.role = role
        self.roles = roles ?? [role]
        self.incarnation = incarnation
        self.state = state
        self.stateAge = stateAge
        self.heartbeatAge = heartbeatAge
    }
}
