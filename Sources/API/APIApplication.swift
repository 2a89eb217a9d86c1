public import Hummingbird
import HummingbirdCore
public import Logging
public import NIOCore

/// The HTTP server of a node, a ServiceLifecycle service: `run()` until cancelled or shut down gracefully, when it
/// stops accepting and finishes the requests it has.
///
/// - Parameters:
///   - router: what answers.
///   - configuration: address and limits.
///   - eventLoopGroup: the threads.
///   - logger: where the server logs.
///   - onServerRunning: called once with the bound port.
public func makeAPIApplication(
    router: Router<APIRequestContext>, configuration: APIConfiguration, eventLoopGroup: any EventLoopGroup,
    logger: Logger, onServerRunning: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
) -> some ApplicationProtocol {
    let channel = HTTP1Channel.Configuration(
        idleTimeout: .nanoseconds(configuration.idleTimeout.clampedNanoseconds),
        httpDecoderConfiguration: .init(
            maxHeaderFieldSize: configuration.maximumHeaderBytes, maxHeaderListSize: configuration.maximumHeaderBytes,
            maxHeaderFieldCount: configuration.maximumHeaderFields))
    return Application(
        router: router,
        server: .http1(configuration: channel),
        configuration: ApplicationConfiguration(
            address: .hostname(configuration.host, port: configuration.port), serverName: configuration.serverName,
            backlog: configuration.backlog,
            availableConnectionsDelegate: MaximumAvailableConnections(configuration.maximumConnections)),
        onServerRunning: { channel in await onServerRunning(channel.localAddress?.port ?? 0) },
        eventLoopGroupProvider: .shared(eventLoopGroup),
        logger: logger)
}

extension Duration {
    /// Whole nanoseconds, clamped to a day: no connection is idle for longer.
    fileprivate var clampedNanoseconds: Int64 {
        let day = Duration.seconds(86_400)
        let duration = min(max(.milliseconds(1), self), day)
        return duration.components.seconds * 1_000_000_000 + duration.components.attoseconds / 1_000_000_000
    }
}
