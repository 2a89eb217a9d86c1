import NIOCore
import NIOPosix
import Synchronization

/// A TCP relay on loopback that harms what passes through it, as it is told. Its port stays while the server behind it
/// may come back at another.
final class FaultProxy: Sendable {
    /// What becomes of the bytes.
    enum Mode: Sendable, Equatable {
        case pass
        /// They wait until the network is whole again, as TCP would repeat them; new connections as well.
        case hold
        /// They vanish, and nobody is told: every connection that was there is half open from then on.
        case lose
        /// They come so much later.
        case delay(milliseconds: Int64)
        /// Connections are reset, at once and for as long as it lasts.
        case refuse
    }

    /// The address clients connect to.
    let host: String
    let port: Int
    private let listener: Mutex<(any Channel)?>
    private let road: FaultRoad

    /// Listens before a server.
    static func start(host: String = "127.0.0.1", port: Int = 0, to target: Int? = nil) async throws -> FaultProxy {
        let road = FaultRoad(target: target)
        return FaultProxy(try await listen(host, port, road), road, host: host)
    }

    private static func listen(_ host: String, _ port: Int, _ road: FaultRoad) async throws -> any Channel {
        try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { client in road.join(client) }
            .bind(host: host, port: port).get()
    }

    private init(_ listener: any Channel, _ road: FaultRoad, host: String) {
        self.listener = Mutex(listener)
        self.road = road
        self.host = host
        port = listener.localAddress?.port ?? 0
    }

    deinit {
        listener.withLock { $0 }?.close(promise: nil)
        cut()
    }

    /// The server's port; nil: nobody is there.
    func aim(at port: Int?) { road.state.withLock { $0.target = port } }

    /// From now on.
    func set(_ mode: Mode) {
        let wasWhole = road.state.withLock { state in
            defer { state.mode = mode }
            return state.mode == .pass
        }
        if mode == .refuse { cut() }
        if mode == .lose { tell(.broken) }
        if mode == .pass, !wasWhole { tell(.mended) }
    }

    /// Resets every connection once.
    func cut() { tell(.cut) }

    /// The next bytes from the server are swallowed, and their connection is reset: the request was heard, its reply
    /// is lost.
    func loseReply() { road.state.withLock { $0.repliesToLose += 1 } }

    /// Stops listening; returns when the port is free.
    func close() async {
        let channel = listener.withLock { listener in
            defer { listener = nil }
            return listener
        }
        try? await channel?.close().get()
    }

    /// Listens again.
    func open() async throws {
        guard listener.withLock({ $0 == nil }) else { return }
        // Somebody else may have the port for a moment, as the near end of a connection of his own.
        for _ in 0..<100 {
            if let channel = try? await Self.listen(host, port, road) { return listener.withLock { $0 = channel } }
            try await Task.sleep(for: .milliseconds(100))
        }
        let channel = try await Self.listen(host, port, road)
        listener.withLock { $0 = channel }
    }

    /// Connections that are open.
    var connections: Int { road.state.withLock { $0.channels.count } }

    private func tell(_ news: FaultRoad.News) {
        for channel in road.state.withLock({ $0.channels }).values {
            channel.eventLoop.execute { channel.pipeline.fireUserInboundEventTriggered(news) }
        }
    }
}
