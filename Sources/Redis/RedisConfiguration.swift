/// Where a Redis server is, or who can say where it is; who we are there; and every limit of a client.
///
/// Durations outside one millisecond to one day are taken as the nearer of the two.
public struct RedisConfiguration: Sendable {
    /// How the server is found: as the other fields name it, by sentinels, or among the nodes of a cluster.
    public var topology = RedisTopology.server
    /// The host name or address; unused when `unixSocketPath` is set, and by every other topology than `server`.
    public var host = "127.0.0.1"
    /// The TCP port.
    public var port = 6379
    /// Sentinels, or nodes of a cluster, that are asked first; they name the others. At most 32.
    public var seeds: [RedisEndpoint] = []
    /// The ACL user at the sentinels; nil means Redis' `default`.
    public var sentinelUsername: String?
    /// The password at the sentinels, which is not the server's; nil means no AUTH there.
    public var sentinelPassword: String?
    /// A key of those the client works with: in a cluster it follows the owner of this key's hash slot. Commands on keys
    /// of other slots fail.
    public var clusterKey = ""
    /// How many replicas must have what a script wrote whose ``RedisScript/isConfirmed`` is set; 0 to 16.
    public var confirmingReplicas = 0
    /// The path of a Unix socket, instead of host and port.
    public var unixSocketPath: String?
    /// The ACL user; nil means Redis' `default`.
    public var username: String?
    /// The password; nil means no AUTH.
    public var password: String?
    /// The database that is selected.
    public var database = 0
    /// Whether to speak TLS.
    public var tls = false
    /// A file of PEM certificates to trust instead of the system's.
    public var tlsCACertificatePath: String?
    /// Whether the server's certificate and name are verified.
    public var tlsVerifiesCertificate = true

    /// How long one attempt to connect may take, from the name's lookup to the end of the greeting.
    public var connectTimeout: Duration = .seconds(1)
    /// How long a command may take, waiting for a connection included, unless the call says otherwise.
    public var commandDeadline: Duration = .milliseconds(900)
    /// The least upper bound of the random pause before a reconnect; it doubles with each failure.
    public var reconnectBackoffMinimum: Duration = .milliseconds(50)
    /// The greatest upper bound of that pause.
    public var reconnectBackoffMaximum: Duration = .seconds(1)
    /// How many connects a connection may begin within one second.
    public var maximumConnectsPerSecond = 2
    /// How many commands may wait for a connection or a reply; more are refused as unavailable.
    public var maximumPendingCommands = 100_000
    /// How many bytes of commands may wait to be sent; more are refused as unavailable.
    public var maximumPendingBytes = 256 * 1024 * 1024
    /// The largest reply, in bytes of memory; a larger one closes the connection as a protocol violation.
    public var maximumReplyBytes = 64 * 1024 * 1024
    /// How often a subscription asks whether its connection is still alive.
    public var subscriptionPingInterval: Duration = .seconds(2)
    /// The name shown in CLIENT LIST.
    public var clientName: String?

    /// Makes the configuration of a local server, or of another host and port.
    public init(host: String = "127.0.0.1", port: Int = 6379) {
        self.host = host
        self.port = port
    }

    /// Where this points to, without the password: for logs and screens.
    public var redactedDescription: String {
        let user = username ?? ""
        let credentials = password == nil ? (user.isEmpty ? "" : "\(user)@") : "\(user):***@"
        let seeds = seeds.map(\.description).joined(separator: ",")
        let security = tls ? "tls=1" : ""
        switch topology {
        case .sentinel(let master):
            return "redis+sentinel://\(credentials)\(seeds)/\(master)?db=\(database)\(tls ? "&" : "")\(security)"
        case .cluster: return "redis+cluster://\(credentials)\(seeds)\(tls ? "?" : "")\(security)"
        case .server: break
        }
        if let unixSocketPath { return "unix://\(credentials)\(unixSocketPath)?db=\(database)" }
        return "\(tls ? "rediss" : "redis")://\(credentials)\(RedisEndpoint(host: host, port: port))/\(database)"
    }
}
