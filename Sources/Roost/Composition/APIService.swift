import Hummingbird
import Logging
import NIOCore
import RoostAPI
import RoostCluster
import RoostJobs
import RoostNode
import ServiceLifecycle

/// The API's server, wired to the store and the members.
enum APIService {
    static func make(
        _ settings: Settings, backend: Backend, station: Station, readiness: Readiness, group: any EventLoopGroup,
        logger: Logger, ready: ReadyLine
    ) -> any Service {
        let address = Exposure.advertised(settings)
        let configuration = configuration(settings, station: station)
        let router = Router(context: APIRequestContext.self)
        routes(configuration, backend: backend, station: station, readiness: readiness).add(to: router)
        let host = settings.host
        return makeAPIApplication(
            router: router, configuration: configuration, eventLoopGroup: group, logger: logger,
            onServerRunning: { port in
                station.report.setHTTP("\(address):\(port)")
                ready.report("http", "http://\(host):\(port)")
            })
    }

    /// What the API's server and the console's have in common.
    static func configuration(_ settings: Settings, station: Station) -> APIConfiguration {
        // Work is accepted by "the API here", whichever roles share the process.
        let member = "api@\(Exposure.advertised(settings)):\(station.me.meshPort)"
        var configuration = APIConfiguration(
            host: settings.host, port: settings.port, member: member, version: Version.current,
            maxAttempts: settings.maxAttempts, resultTTL: settings.effectiveResultTTL)
        configuration.timeZones = settings.timeZones
        configuration.webhooks = settings.webhooks
        settings.door.apply(to: &configuration)
        configuration.access = settings.access
        let queues = settings.queues.compactMap { QueueShare($0)?.queue }
        if !queues.contains(JobDefaults.queue), let first = queues.first { configuration.workQueue = first }
        return configuration
    }

    static func routes(
        _ configuration: APIConfiguration, backend: Backend, station: Station, readiness: Readiness
    ) -> APIRoutes {
        APIRoutes(
            store: backend.store, configuration: configuration, readiness: readiness,
            nodes: { NodesDocument.json(station.snapshot) }, control: station.control, streams: backend.streams)
    }
}
