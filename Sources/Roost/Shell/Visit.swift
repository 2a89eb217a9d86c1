import Logging
import NIOPosix
import RoostCluster
import ServiceLifecycle
import Synchronization
import UnixSignals

/// This process as a member of the cluster, of the role `shell`, for as long as somebody looks around.
enum Visit {
    typealias Body = @Sendable (Station, Backend) async throws -> Void

    /// Joins, waits until every member known is connected (two seconds at most), runs `body`, and says goodbye.
    ///
    /// Throws what `body` threw, and `Failure` when the settings cannot be used. Signals cancel `body`.
    static func run(
        _ options: SettingsOptions, signals: [UnixSignal] = [.sigterm, .sigint], body: @escaping Body
    ) async throws {
        var settings = try await options.settings(defaultStore: .local)
        // It must not take the port from a process that stays.
        if options.meshPort == nil { settings.meshPort = 0 }
        if options.logLevel == nil { settings.logLevel = "error" }
        try Exposure.check(settings, roles: [.node])
        let logger = try LoggingSetup.logger(settings)
        let group = MultiThreadedEventLoopGroup.singleton
        let backend = try await Backend.open(settings, group: group, logger: logger)
        do {
            let station = try await Station(
                settings, member: .shell, roles: [.shell], registry: backend.registry, group: group, logger: logger)
            let visitor = Visitor(station: station, backend: backend, body: body)
            let services = ServiceGroup(
                configuration: .init(
                    services: [
                        .init(service: station.service),
                        .init(service: visitor, successTerminationBehavior: .gracefullyShutdownGroup),
                    ],
                    gracefulShutdownSignals: signals, logger: logger))
            try await services.run()
            try visitor.outcome.withLock { $0 }.get()
        } catch {
            await backend.close()
            throw error
        }
        await backend.close()
    }
}

private final class Visitor: Service {
    let station: Station
    let backend: Backend
    let body: Visit.Body
    let outcome = Mutex<Result<Void, any Error>>(.success(()))

    init(station: Station, backend: Backend, body: @escaping Visit.Body) {
        self.station = station
        self.backend = backend
        self.body = body
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            // What it does finds the others: the first beat has been answered, or two seconds are over.
            await self.station.registered(upTo: .seconds(2))
            do {
                try await self.body(self.station, self.backend)
            } catch {
                self.outcome.withLock { $0 = .failure(error) }
            }
        }
    }
}
