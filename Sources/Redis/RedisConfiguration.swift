/// Where a Redis server is, who we are there, and every limit of a client.
///
/// Durations outside one millisecond to one day are taken as the nearer of the two.
public struct RedisConfiguration: Sendable {
    /// The host name or address; unused when `unixSocketPath` is set.
    public var host = "127.0.0.1"
    /// The TCP port.
    public var port = 6379
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
        if let unixSocketPath { return "unix://\(credentials)\(unixSocketPath)?db=\(database)" }
        let name = host.contains(":") ? "[\(host)]" : host
        return "\(tls ? "rediss" : "redis")://\(credentials)\(name):\(port)/\(database)"
    }
}
