import Logging
import NIOCore
import NIOPosix
import RoostAPI
import RoostCluster
import RoostJobs
import RoostNode
import RoostSupervision
import RoostSysmon
import ServiceLifecycle
import UnixSignals

/// One process: the roles it plays, put together and run until it is told to stop.
struct RoostProcess {
    /// What the ready line calls it.
    let title: String
    let roles: Set<Role>
    let settings: Settings
    /// How `roost sysmon` shows the cluster on its output; nil: not at all.
    var terminal: TerminalOptions?

    /// Runs the roles. Throws a `Failure` for what the settings make impossible and for a duty that cannot be kept up.
    func run() async throws {
        try Exposure.check(settings, roles: roles)
        let logger = try LoggingSetup.logger(settings)
        let group = MultiThreadedEventLoopGroup.singleton
        let backend = try await Backend.open(settings, group: group, logger: logger)
        do {
            try await Exposure.checkTokens(settings, roles: serving, store: backend.store, logger: logger)
            try await run(backend, group: group, logger: logger)
        } catch {
            await backend.close()
            throw error
        }
        await backend.close()
    }

    /// The roles that answer over HTTP, or may: one picture of the cluster needs no console.
    private var serving: Set<Role> { terminal?.count == nil ? roles : roles.subtracting([.sysmon]) }

    private func run(_ backend: Backend, group: any EventLoopGroup, logger: Logger) async throws {
        // The mesh is bound first: its port is part of the member's name.
        let station = try await Station(
            settings, member: roles.count == 1 ? roles.first?.member ?? .roost : .roost, roles: roles.map(\.member),
            registry: backend.registry, rescue: rescue(backend.store), group: group, logger: logger)
        let readiness = Readiness()
        var services: [any Service] = []
        var parts = ["member"]

        var node: NodeService?
        if roles.contains(.node) {
            let service = try makeNode(backend, station, logger)
            node = service
            station.report.setNode(service)
            try DrainOrder.register(service, at: station, logger: logger)
        }
        var courier: NodeService?
        if roles.contains(.api) {
            parts.append("http")
            let service = try Courier.make(
                settings, backend: backend, station: station, isAlone: node == nil, group: group, logger: logger)
            courier = service
            if node == nil { station.report.setCourier(service) }
        }
        // One picture needs no console, and must not take its port from a sysmon that runs.
        let hasConsole = roles.contains(.sysmon) && terminal?.count == nil
        if hasConsole { parts.append("console") }
        // Before anybody is told that this is ready, and may stop it: untrapped, a signal would end it without a drain.
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let ready = ReadyLine(
            role: title, parts: parts, onError: terminal.map { $0.format == .json || $0.count != nil } ?? false)
        ready.report("member", station.me.name.description)

        // In start order; they are stopped from the last to the first.
        services.append(station.service)
        if let node { services.append(node) }
        if let courier { services.append(courier) }
        if roles.contains(.sysmon) {
            var configuration = SnapshotConfiguration()
            configuration.cluster = settings.cluster
            let snapshotter = Snapshotter(
                counts: { try await backend.store.counts() }, health: { await backend.store.health() },
                members: { station.clusterView }, configuration: configuration)
            services.append(SnapshotService(snapshotter: snapshotter))
            if hasConsole {
                services.append(
                    ConsoleService(
                        settings, backend: backend, feed: snapshotter.feed, station: station, readiness: readiness,
                        group: group, logger: logger, ready: ready))
            }
            if let terminal {
                services.append(
                    TerminalDisplay(
                        feed: snapshotter.feed, source: source(backend.store, station), options: terminal,
                        // The first beat has been answered, or two seconds are over.
                        gather: { await station.registered(upTo: .seconds(2)) }))
            }
        }
        if roles.contains(.api) {
            services.append(
                APIService.make(
                    settings, backend: backend, station: station, readiness: readiness, group: group, logger: logger,
                    ready: ready))
        }
        try await ProcessLife(
            services: services, signals: signals, readiness: readiness, nodes: [node, courier].compactMap { $0 },
            logger: logger
        ).run()
    }

    /// What the screen asks and does.
    private func source(_ store: any JobStore, _ station: Station) -> StoreSource {
        StoreSource(
            store: store, operatorName: OperatorName.here, member: station.me.name.description,
            timeZones: settings.timeZones, drain: { try await station.drain($0, $1) })
    }

    /// Who gives jobs out or runs them takes those of dead workers back.
    private func rescue(_ store: any JobStore) -> Rescue? {
        roles.contains(.api) || roles.contains(.node) ? Rescue(store: store, maxCrashes: settings.maxCrashes) : nil
    }

    private func makeNode(_ backend: Backend, _ station: Station, _ logger: Logger) throws -> NodeService {
        var handlers = HandlerRegistry()
        if settings.demo {
            try DemoHandlers.register(in: &handlers, workSeconds: settings.demoWorkSeconds)
        }
        var configuration = NodeConfiguration(name: settings.name ?? station.me.name.description)
        configuration.incarnation = String(station.me.incarnation)
        configuration.queues = settings.queues
        configuration.concurrency = settings.concurrency
        configuration.drain = settings.drain
        configuration.lease = settings.lease
        // A lease must survive a lost extension or two.
        configuration.extendEvery = settings.lease / 3
        configuration.maxCrashes = settings.maxCrashes
        configuration.cancelGrace = settings.cancelGrace
        configuration.retention = settings.retention
        configuration.timeZones = settings.timeZones
        return try NodeService(
            store: backend.store, handlers: handlers, configuration: configuration,
            extraDuties: IngestDuty.duties(
                backend.redis, settings, consumer: configuration.name, logger: logger),
            logger: logger)
    }
}
