/// What a member is believed to be.
public enum NodeState: String, Codable, Sendable, CaseIterable {
    /// It beats.
    case up
    /// It beats, finishes what it has and takes nothing new.
    case draining
    /// Its beats stopped.
    case lost
    /// It said goodbye.
    case left
}

/// What the watcher's own connection to a member is like.
public enum NodeLink: String, Codable, Sendable, CaseIterable {
    /// It stands and carries.
    case connected
    /// It was never reached, by nobody.
    case unreached
    /// It broke or fell silent; the member is looked for.
    case suspect
    /// Others reach the member, the watcher does not.
    case indirect
    /// The member's process is proved to be gone: its jobs were taken back at once.
    case dead
    /// The member was given up; it may still be at work, so its jobs wait for their leases to end.
    case down
}

/// One member of the cluster.
public struct NodeStatus: Codable, Sendable, Equatable {
    /// `role@host:port`.
    public var name: String
    /// The role its name says.
    public var role: String
    /// Everything it does.
    public var roles: [String]
    /// What is believed of it.
    public var state: NodeState
    /// Since when, microseconds since 1970.
    public var since: Int64
    /// How long ago it last beat, seconds.
    public var heartbeatAge: Double?
    /// How many jobs it can run at once.
    public var slots: Int
    /// How many it runs now.
    public var busy: Int
    /// Jobs that ended well since it started.
    public var processed: Int
    /// Jobs that failed since it started.
    public var failed: Int
    /// Members it is connected to, as far as is known.
    public var peers: Int?
    /// What the watcher's own connection to it is like, if it has one.
    public var link: NodeLink?
    /// The last ping's time there and back, milliseconds.
    public var roundTripMilliseconds: Double?
    /// Jobs that ended well per second, lately.
    public var rate: Double?
    /// How long it has been running, seconds.
    public var uptime: Double?
    /// The version of its program.
    public var version: String
    /// Where its HTTP API answers, `host:port`.
    public var http: String?
    /// Where its console answers, `host:port`.
    public var console: String?
    /// Resident memory, bytes.
    public var memory: Int?
    /// Its supervised loops.
    public var duties: [Duty]

    /// One supervised loop of a member.
    public struct Duty: Codable, Sendable, Equatable {
        /// The duty's name.
        public var name: String
        /// Its state in a word.
        public var state: String
        /// How often it was restarted.
        public var restarts: Int

        /// Joins the parts.
        public init(name: String, state: String, restarts: Int) {
            self.name = name
            self.state = state
            self.restarts = restarts
        }
    }

    enum CodingKeys: String, CodingKey {
        case name, role, roles, state, since, slots, busy, processed, failed, peers, uptime, version, http, console
        case duties, link
        case roundTripMilliseconds = "round_trip_ms"
        case rate = "done_per_second"
        case heartbeatAge = "heartbeat_age"
        case memory = "memory_bytes"
    }
}
