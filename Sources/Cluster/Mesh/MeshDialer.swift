import Glibc
internal import NIOCore
internal import NIOPosix

/// Opens TCP connections.
enum MeshDialer {
    static func dial(
        host: String, port: Int, timeout: Duration, eventLoopGroup: any EventLoopGroup,
        initializer: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
    ) -> EventLoopFuture<any Channel> {
        let bootstrap = ClientBootstrap(group: eventLoopGroup)
            .connectTimeout(TimeAmount(timeout))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer(initializer)
        // An address needs no resolver, whose thread may be held up by a slow name server.
        if let address = try? SocketAddress(ipAddress: host, port: port) { return bootstrap.connect(to: address) }
        return bootstrap.connect(host: host, port: port)
    }

    /// Whether a dial failed because nothing listens there, at none of the name's addresses.
    static func isRefusal(_ error: any Error) -> Bool {
        if let error = error as? IOError { return error.errnoCode == ECONNREFUSED }
        guard let error = error as? NIOConnectionError, error.dnsAError == nil || error.dnsAAAAError == nil,
            !error.connectionErrors.isEmpty
        else { return false }
        return error.connectionErrors.allSatisfy { ($0.error as? IOError)?.errnoCode == ECONNREFUSED }
    }
}
