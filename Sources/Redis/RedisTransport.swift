import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Opens channels to the server: the one that is configured, or the one the resolver finds; TCP or a Unix socket, with TLS
/// or without.
final class RedisTransport: Sendable {
    private let configuration: RedisConfiguration
    private let tlsContext = Mutex<NIOSSLContext?>(nil)
    /// Who finds the server; nil when it is configured.
    let resolver: RedisResolver?

    init(_ configuration: RedisConfiguration, resolver: RedisResolver? = nil) {
        self.configuration = configuration
        self.resolver = resolver
    }

    /// Connects; the delegate hears of everything that follows, a failure included.
    func connect(on eventLoop: any EventLoop, delegate: any RedisChannelDelegate, generation: Int) {
        let configured = RedisEndpoint(host: configuration.host, port: configuration.port)
        guard let resolver else {
            return connect(to: configured, on: eventLoop, delegate: delegate, generation: generation)
        }
        resolver.resolve(on: eventLoop).whenComplete { result in
            switch result {
            case .success(let endpoint):
                self.connect(to: endpoint, on: eventLoop, delegate: delegate, generation: generation)
            case .failure(let error): delegate.closed(Self.reason(of: error), generation: generation)
            }
        }
    }

    private func connect(
        to endpoint: RedisEndpoint, on eventLoop: any EventLoop, delegate: any RedisChannelDelegate, generation: Int
    ) {
        guard configuration.unixSocketPath != nil || (1...65535).contains(endpoint.port) else {
            let error = RedisError(.configuration, "\(endpoint.port) is not a port")
            return delegate.closed(error, generation: generation)
        }
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(configuration.connectTimeout.clampedTimeAmount)
            .channelOption(.tcpOption(.tcp_nodelay), value: configuration.unixSocketPath == nil ? 1 : 0)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.writeBufferWaterMark, value: .init(low: 256 * 1024, high: 1024 * 1024))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try self.addHandlers(to: channel, at: endpoint, delegate: delegate, generation: generation)
                }
            }
        let channel =
            if let path = configuration.unixSocketPath {
                bootstrap.connect(unixDomainSocketPath: path)
            } else {
                bootstrap.connect(host: endpoint.host, port: endpoint.port)
            }
        if let resolver {
            let leaves = delegate.leavesWhenSettled
            channel.whenSuccess { resolver.follow($0, to: endpoint, leavesWhenSettled: leaves) }
        }
        channel.whenFailure { error in
            delegate.closed(Self.reason(of: error), generation: generation)
        }
    }

    private func addHandlers(
        to channel: any Channel, at endpoint: RedisEndpoint, delegate: any RedisChannelDelegate, generation: Int
    ) throws {
        if configuration.tls { try channel.pipeline.syncOperations.addHandler(tlsHandler(endpoint.host)) }
        let reader = try RedisReader(limit: configuration.maximumReplyBytes)
        let handler = RedisChannelHandler(reader: reader, delegate: delegate, generation: generation)
        try channel.pipeline.syncOperations.addHandler(handler)
    }

    private func tlsHandler(_ host: String) throws -> NIOSSLClientHandler {
        do {
            let context = try sharedTLSContext()
            // An address cannot be a server name; its certificate is then checked against the address itself.
            let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
            let name = isAddress || configuration.unixSocketPath != nil ? nil : host
            return try NIOSSLClientHandler(context: context, serverHostname: name)
        } catch {
            throw RedisError(.configuration, "TLS cannot be set up: \(error)")
        }
    }

    /// Made at the first connect and again after a failure, for a certificate file may still appear.
    private func sharedTLSContext() throws -> NIOSSLContext {
        try tlsContext.withLock { shared in
            if let shared { return shared }
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.minimumTLSVersion = .tlsv12
            if let path = configuration.tlsCACertificatePath { tls.trustRoots = .file(path) }
            if !configuration.tlsVerifiesCertificate { tls.certificateVerification = .none }
            let context = try NIOSSLContext(configuration: tls)
            shared = context
            return context
        }
    }

    /// NIO wraps the reason of a failed TCP connect in several layers; the innermost says what happened.
    private static func reason(of error: any Error) -> RedisError {
        if let error = error as? RedisError { return error }
        guard let error = error as? NIOConnectionError else {
            return RedisError(.unavailable, String(describing: error))
        }
        if let inner = error.connectionErrors.first?.error { return reason(of: inner) }
        return RedisError(.unavailable, String(describing: error.dnsAError ?? error.dnsAAAAError ?? error))
    }
}
