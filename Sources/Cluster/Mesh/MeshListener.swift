public import NIOCore
import NIOPosix
import Synchronization

/// The mesh's TCP port, bound before anything else: the port is part of the member's name.
///
/// Connections wait in the system's backlog until a mesh takes it over.
public final class MeshListener: Sendable {
    typealias Acceptor = @Sendable (any Channel) -> EventLoopFuture<Void>

    private final class Door: Sendable {
        let acceptor = Mutex<Acceptor?>(nil)
    }

    private let channel: any Channel
    private let door: Door
    /// The address bound, as given.
    public let host: String
    /// The port bound: the one asked for, or the one the system picked.
    public let boundPort: Int

    private init(channel: any Channel, door: Door, host: String, boundPort: Int) {
        self.channel = channel
        self.door = door
        self.host = host
        self.boundPort = boundPort
    }

    /// Binds; port 0 lets the system pick. Throws NIO's error when the address is taken or cannot be bound.
    public static func bind(
        host: String, port: Int, eventLoopGroup: any EventLoopGroup, backlog: Int = 256
    ) async throws -> MeshListener {
        let door = Door()
        let channel = try await ServerBootstrap(group: eventLoopGroup)
            .serverChannelOption(.backlog, value: Int32(clamping: backlog))
            .serverChannelOption(.autoRead, value: false)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                guard let acceptor = door.acceptor.withLock({ $0 }) else { return channel.close() }
                return acceptor(channel)
            }
            .withBoundSocket(ListeningSocket.bind(host: host, port: min(max(0, port), 65535))).get()
        guard let boundPort = channel.localAddress?.port else { throw MeshError.invalid("address") }
        return MeshListener(channel: channel, door: door, host: host, boundPort: boundPort)
    }

    /// Whether only this machine can reach the port.
    public var isLoopback: Bool {
        guard let address = channel.localAddress?.ipAddress else { return false }
        return address.hasPrefix("127.") || address == "::1"
    }

    func start(_ acceptor: @escaping Acceptor) {
        door.acceptor.withLock { $0 = acceptor }
        channel.setOption(.autoRead, value: true).whenComplete { _ in }
    }

    /// Stops listening. Connections that stand stay.
    public func close() async {
        // Fails only when it is closed already.
        try? await channel.close().get()
    }
}
