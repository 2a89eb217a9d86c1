import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Opens channels to the configured server: TCP or a Unix socket, with TLS or without.
final class RedisTransport: Sendable {
    private let configuration: RedisConfiguration
    private let tlsContext = Mutex<NIOSSLContext?>(nil)

    init(_ configuration: RedisConfiguration) {
        self.configuration = configuration
    }

    /// Connects; the delegate hears of everything that follows, a failure included.
    func connect(on eventLoop: any EventLoop, delegate: any RedisChannelDelegate, generation: Int) {
        guard configuration.unixSocketPath != nil || (1...65535).contains(configuration.port) else {
            let error = RedisError(.configuration, "\(configuration.port) is not a port")
            return delegate.closed(error, generation: generation)
        }
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(configuration.connectTimeout.clampedTimeAmount)
            .channelOption(.tcpOption(.tcp_nodelay), value: configuration.unixSocketPath == nil ? 1 : 0)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.writeBufferWaterMark, value: .init(low: 256 * 1024, high: 1024 * 1024))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try self.addHandlers(to: channel, delegate: delegate, generation: generation)
                }
            }
        let channel =
            if let path = configuration.unixSocketPath {
                bootstrap.connect(unixDomainSocketPath: path)
            } else {
                bootstrap.connect(host: configuration.host, port: configuration.port)
            }
        channel.whenFailure { error in
            delegate.closed(Self.reason(of: error), generation: generation)
        }
    }

    private func addHandlers(
        to channel: any Channel, delegate: any RedisChannelDelegate, generation: Int
    ) throws {
        if configuration.tls { try channel.pipeline.syncOperations.addHandler(tlsHandler()) }
        let reader = try RedisReader(limit: configuration.maximumReplyBytes)
        let handler = RedisChannelHandler(reader: reader, delegate: delegate, generation: generation)
        try channel.pipeline.syncOperations.addHandler(handler)
    }

    private func tlsHandler() throws -> NIOSSLClientHandler {
        do {
            let context = try sharedTLSContext()
            // An address cannot be a server name; its certificate is then checked against the address itself.
            let isAddress = (try? SocketAddress(ipAddress: configuration.host, port: 0)) != nil
            let name = isAddress || configuration.unixSocketPath != nil ? nil : configuration.host
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
