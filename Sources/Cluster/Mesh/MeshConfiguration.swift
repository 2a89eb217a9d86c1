/// The limits of the mesh.
public struct MeshConfiguration: Sendable {
    /// The cluster's name: both sides must say the same. Printable ASCII without braces, 1 to 64 bytes.
    public var cluster: String
    /// The secret the members share: one, or two while it is rotated (new nodes sign with the first).
    public var cookies: [MeshCookie]
    /// The largest payload of a frame in bytes, sent and received; never more than 16 MiB.
    public var maximumPayload = 1024 * 1024
    /// For how long a connection may stay unproved.
    public var handshakeDeadline: Duration = .seconds(5)
    /// How many inbound connections may be unproved at once.
    public var maximumUnauthenticated = 64
    /// How many peers may be connected at once.
    public var maximumPeers = 1024
    /// How long a dial may take.
    public var connectTimeout: Duration = .seconds(2)
    /// Wait after the first failed dial; it doubles with each further one, jittered.
    public var redialMinimum: Duration = .milliseconds(100)
    /// The longest wait between two dials.
    public var redialMaximum: Duration = .seconds(5)
    /// How often a peer is pinged.
    public var pingInterval: Duration = .seconds(1)
    /// A connection on which nothing was heard for so long is closed (and dialled again).
    public var silenceLimit: Duration = .seconds(15)
    /// When members are suspected and given up.
    public var detector = FailureDetectorConfiguration()
    /// How long a call waits when the caller does not say.
    public var callTimeout: Duration = .seconds(5)
    /// The most calls waiting for one peer's answers.
    public var maximumPendingCalls = 10_000
    /// The most bytes waiting to be sent to one peer.
    public var maximumOutboundBytes = 8 * 1024 * 1024
    /// The most frames waiting to be sent to one peer.
    public var maximumOutboundFrames = 10_000
    /// How many members and tasks may be watched at once, those this member spawned included.
    public var maximumMonitors = 10_000
    /// How many tasks others may have running here at once.
    public var maximumTasks = 1000
    /// How many groups a member may be in at once.
    public var maximumGroups = 1000
    /// Encrypts and authenticates all connections; nil: TCP as it is. All members must do the same.
    public var tls: MeshTLS?
    /// What this side offers to speak.
    var features = MeshFeatures.all

    /// The defaults.
    public init(cluster: String, cookies: [MeshCookie]) {
        self.cluster = cluster
        self.cookies = cookies
    }
}
