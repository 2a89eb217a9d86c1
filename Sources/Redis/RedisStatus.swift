/// How a client's connection is, at one moment.
public struct RedisStatus: Sendable {
    /// Whether the connection is up and has passed its greeting (AUTH, SELECT, PING).
    public let isConnected: Bool
    /// The address of the server while connected: `127.0.0.1:6379`, or the path of a socket.
    public let server: String?
    /// Why the connection was lost or could not be made last; nil while connected or never tried.
    public let lastError: RedisError?
    /// When `isConnected` took its present value.
    public let since: ContinuousClock.Instant
    /// Commands that wait for a connection or a reply.
    public let pendingCommands: Int
    /// How often a connection has passed its greeting since the client was made.
    public let connects: Int
}
