import Hummingbird
import Logging
import NIOCore
import RoostAPI
import RoostCluster
import RoostJobs
import RoostSysmon
import ServiceLifecycle

/// The web console's server: the page and its stream, and under `api/` the same API that an API node serves, so that
/// what the page does goes through the same checks as what anybody else does.
struct ConsoleService: Service {
    private let routes: ConsoleRoutes
    private let server: any Service

    init(
        _ settings: Settings, backend: Backend, feed: SnapshotFeed, station: Station, readiness: Readiness,
        group: any EventLoopGroup, logger: Logger, ready: ReadyLine
    ) {
        let address = Exposure.advertised(settings)
        let host = settings.host
        var sources = ConsoleSources(snapshots: feed)
        let store = backend.store
        sources.changes = { store.changes(of: $0) }
        sources.links = { await LinkSurvey(station: station).run() }
        sources.done = { try await store.list(JobQuery(state: .done, limit: 100)).jobs }
        routes = ConsoleRoutes(sources)
        var configuration = APIService.configuration(settings, station: station)
        configuration.port = settings.consolePort
        configuration.maximumConnections = 1000
        let router = Router(context: APIRequestContext.self, options: .autoGenerateHeadEndpoints)
        let api = APIService.routes(configuration, backend: backend, station: station, readiness: readiness)
        // First: what the API's routes share is for those added after.
        routes.add(to: router) { request, _ in await api.gate.refusal(of: request, needing: .read) }
        api.add(to: router, under: "/api")
        server = makeAPIApplication(
            router: router, configuration: configuration, eventLoopGroup: group, logger: logger,
            onServerRunning: { port in
                station.report.setConsole("\(address):\(port)")
                ready.report("console", "http://\(host):\(port)")
            })
    }

    func run() async throws {
        try await withGracefulShutdownHandler {
            try await server.run()
        } onGracefulShutdown: {
            // They would never end by themselves, and the server waits for them.
            routes.endStreams()
        }
    }
}
