/// The web console's limits.
public struct ConsoleConfiguration: Sendable {
    /// Event streams open at once; one more is answered with 503.
    public var maximumStreams = 100
    /// Connections open at once; one more is closed.
    public var maximumConnections = 1000
    /// Time without anything written after which a stream gets a comment, so that proxies keep it.
    public var ping: Duration = .seconds(15)
    /// How long a browser waits before it comes back.
    public var retry: Duration = .seconds(2)
    /// How long a connection may be idle between requests.
    public var idleTimeout: Duration = .seconds(75)
    /// How long a client may leave what was written unread before it is cut off.
    public var stallTimeout: Duration = .seconds(30)

    /// The defaults.
    public init() {}
}
