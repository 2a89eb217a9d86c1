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
    let limits = ConnectionLimits(configuration)
    let metrics = configuration.metrics
    return Application(
        router: router,
        server: HTTPServerBuilder { ConnectionChannel($0, limits: limits, metrics: metrics) },
        configuration: ApplicationConfiguration(
            address: .hostname(configuration.host, port: configuration.port), serverName: configuration.serverName,
            backlog: configuration.backlog,
            availableConnectionsDelegate: MaximumAvailableConnections(limits.acceptedConnections)),
        onServerRunning: { channel in await onServerRunning(channel.localAddress?.port ?? 0) },
        eventLoopGroupProvider: .shared(eventLoopGroup),
        logger: logger)
}
