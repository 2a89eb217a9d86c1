public import Logging
public import NIOCore

/// A Redis client: commands of all tasks, pipelined on one connection.
///
/// The first command connects. From then on a lost connection is made again, for ever, with a random and growing pause.
/// A command that was sent is never sent twice: when its connection breaks, the caller hears that it may have been
/// applied and decides; only what a server refused because it is not (or no longer) the master is sent again, to the one
/// that is, where sentinels or a cluster say which. A reply that is overdue closes the connection, for replies come in order; calls with long
/// deadlines, such as blocking reads, belong on a ``dedicated(name:)`` client.
///
/// Cancelling a task that waits resumes it at once with ``RedisError/Code-swift.enum/cancelled(maybeApplied:)``.
public final class RedisClient: Sendable {
    /// What the client was made with.
    public let configuration: RedisConfiguration
    let eventLoopGroup: any EventLoopGroup
    /// Where the connection and the subscriptions live: what a message has sent leaves without waking another thread.
    let eventLoop: any EventLoop
    let logger: Logger
    let transport: RedisTransport
    let subscriptions = RedisSubscriptions()
    private let ownsTransport: Bool
    private let connection: RedisConnection

    /// Makes a client; nothing is connected yet.
    public convenience init(configuration: RedisConfiguration, eventLoopGroup: any EventLoopGroup, logger: Logger) {
        let resolver =
            configuration.topology == .server ? nil : RedisResolver(configuration, eventLoopGroup, logger: logger)
        self.init(configuration, eventLoopGroup, logger, RedisTransport(configuration, resolver: resolver))
    }

    private init(
        _ configuration: RedisConfiguration, _ group: any EventLoopGroup, _ logger: Logger, _ transport: RedisTransport,
        ownsTransport: Bool = true
    ) {
        self.ownsTransport = ownsTransport
        self.configuration = configuration
        self.eventLoopGroup = group
        self.logger = logger
        self.transport = transport
        eventLoop = group.next()
        connection = RedisConnection(configuration, transport: transport, eventLoop: eventLoop, logger: logger)
    }

    /// Without this, a forgotten client would reconnect for ever.
    deinit { _ = connection.shutDown() }

    /// A client of the same configuration with a connection of its own, for blocking reads; give each call a deadline a
    /// second longer than it blocks. Shut it down separately, and before this one.
    /// - Parameters:
    ///   - name: what CLIENT LIST shows, after this client's own name.
    ///   - key: the key it works with, where that is not ``RedisConfiguration/clusterKey``: in a cluster it may have
    ///     another owner.
    public func dedicated(name: String, key: String? = nil) -> RedisClient {
        var configuration = configuration
        configuration.clientName = configuration.clientName.map { "\($0):\(name)" } ?? name
        if let key, configuration.topology == .cluster, RedisSlot.of(key) != RedisSlot.of(configuration.clusterKey) {
            configuration.clusterKey = key
            return RedisClient(configuration: configuration, eventLoopGroup: eventLoopGroup, logger: logger)
        }
        return RedisClient(configuration, eventLoopGroup, logger, transport, ownsTransport: false)
    }

    /// Connects without waiting for the first command. Returns at once.
    public func connect() { connection.start() }

    /// Sends a command and waits for its reply.
    /// - Parameter deadline: how long to wait for a connection and the reply together; nil means the configuration's.
    /// - Throws: ``RedisError``; an error reply is thrown with the code `server`.
    @discardableResult
    public func send(_ command: RedisCommand, deadline: Duration? = nil) async throws(RedisError) -> RedisValue {
        try await send(RedisParcel(command, deadline: deadline ?? configuration.commandDeadline)).value
    }

    /// Sends a command without a task that waits, from any thread.
    /// - Parameters:
    ///   - deadline: how long to wait for a connection and the reply together; nil means the configuration's.
    ///   - completion: called once with what the other `send` returns or throws: on the event loop, on the thread that
    ///     shuts the client down, or before this returns; must not block.
    public func send(
        _ command: RedisCommand, deadline: Duration? = nil,
        completion: @escaping @Sendable (Result<RedisValue, RedisError>) -> Void
    ) {
        do throws(RedisError) {
            let parcel = try RedisParcel(command, deadline: deadline ?? configuration.commandDeadline)
            connection.send(parcel) { outcome in
                completion(Result { () throws(RedisError) in try outcome.value })
            }
        } catch {
            completion(.failure(error))
        }
    }

    func send(_ parcel: RedisParcel) async -> RedisOutcome { await connection.send(parcel) }

    /// Sends commands in one piece and waits for all replies. It saves round trips and is not a transaction.
    /// - Parameter deadline: for all of them together; nil means the configuration's.
    /// - Returns: a reply for each command; error replies are among them as ``RedisValue/error(_:)``.
    /// - Throws: ``RedisError`` when not all replies arrived.
    @discardableResult
    public func pipeline(
        _ commands: [RedisCommand], deadline: Duration? = nil
    ) async throws(RedisError) -> [RedisValue] {
        guard !commands.isEmpty else { return [] }
        return try await send(
            RedisParcel(pipeline: commands, deadline: deadline ?? configuration.commandDeadline)
        ).values
    }

    /// Whether the connection is up and has passed its greeting.
    public var isConnected: Bool { connection.isConnected }

    /// How the connection is.
    public var status: RedisStatus { connection.status }

    /// Fails whatever waits, ends subscriptions, closes the connection and waits until it is closed. Later calls throw
    /// ``RedisError/Code-swift.enum/shutDown``. Calling it twice is harmless.
    public func shutDown() async {
        subscriptions.endAll(RedisError(.shutDown, "the client was shut down"))
        try? await connection.shutDown().get()
        if ownsTransport { await transport.resolver?.shutDown() }
    }
}
