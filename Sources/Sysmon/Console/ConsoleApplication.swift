public import Hummingbird
public import Logging
import NIOCore
import RoostJobs

/// The console as a server of its own.
///
/// `port` 0 lets the system pick one; `onServerRunning` gets the port that was bound. A shutdown ends the open streams.
public func makeConsoleApplication(
    host: String, port: Int, snapshots: SnapshotFeed, configuration: ConsoleConfiguration = .init(),
    logger: Logger = Logger(label: "roost.console"), onServerRunning: @escaping @Sendable (Int) async -> Void = { _ in }
) -> some ApplicationProtocol {
    let routes = ConsoleRoutes(snapshots: snapshots, configuration: configuration)
    let router = Router(context: BasicRequestContext.self, options: .autoGenerateHeadEndpoints)
    routes.add(to: router)
    let gate = routes.gate
    let stall = TimeAmount.nanoseconds(bounded: configuration.stallTimeout)
    return Application(
        router: router,
        server: .http1(
            configuration: .init(
                additionalChannelHandlers: [ConsoleConnectionHandler(gate: gate, stallTimeout: stall)],
                idleTimeout: .nanoseconds(bounded: configuration.idleTimeout))),
        configuration: .init(
            address: .hostname(host, port: min(max(0, port), 65_535)), serverName: "roost"),
        onServerRunning: { channel in await onServerRunning(channel.localAddress?.port ?? port) }, logger: logger)
}

extension TimeAmount {
    /// A duration kept between a second and a day.
    fileprivate static func nanoseconds(bounded duration: Duration) -> TimeAmount {
        .milliseconds(min(max(duration.clampedMilliseconds, 1000), 86_400_000))
    }
}
