import Logging
import NIOCore
import RoostCluster
import RoostJobs
import RoostNode
import RoostSupervision
import RoostWebhooks

/// What tells webhooks, in every process that serves the API: a node of its own that runs deliveries and nothing else,
/// and the loop that makes them of the ends of jobs.
enum Courier {
    /// - Parameter isAlone: whether no other node of this process keeps the store's jobs moving.
    static func make(
        _ settings: Settings, backend: Backend, station: Station, isAlone: Bool, group: any EventLoopGroup,
        logger: Logger
    ) throws -> NodeService {
        let rules = settings.webhooks
        let delivery = WebhookDelivery(
            store: backend.store, rules: rules, agent: "roost/\(Version.current)", group: group, logger: logger)
        let dispatcher = WebhookDispatcher(store: backend.store, rules: rules, logger: logger)
        var handlers = HandlerRegistry()
        try handlers.register(raw: DeliveryOrder.type) { try await delivery.run($0, $1) }
        // Not the name of the process where that runs a worker, too: the store tells them apart by it.
        let name = "api@\(Exposure.advertised(settings)):\(station.me.meshPort)"
        var configuration = NodeConfiguration(name: name, incarnation: String(station.me.incarnation))
        configuration.queues = [DeliveryOrder.queue]
        configuration.concurrency = rules.concurrency
        configuration.lease = settings.lease
        configuration.extendEvery = settings.lease / 3
        configuration.maxCrashes = settings.maxCrashes
        // No delivery takes longer.
        configuration.drain = min(settings.drain, rules.timeout + .seconds(5))
        configuration.upkeep = isAlone ? .moving : .none
        return try NodeService(
            store: backend.store, handlers: handlers, configuration: configuration,
            extraDuties: [Duty(name: "webhooks") { try await dispatcher.run() }], logger: logger)
    }
}
