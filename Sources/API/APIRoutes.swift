public import Hummingbird
public import RoostJobs

/// The HTTP surface of a node: give work, look at jobs, ask how things are.
///
/// ```swift
/// let router = Router(context: APIRequestContext.self)
/// APIRoutes(store: store, configuration: configuration, nodes: { … }).add(to: router)
/// ```
public struct APIRoutes: Sendable {
    /// Gives a JSON document that another room knows.
    public typealias Document = @Sendable () async -> [UInt8]

    let store: any JobStore
    let configuration: APIConfiguration
    let readiness: Readiness
    let nodes: Document
    let streams: Document?

    /// The routes of one node.
    ///
    /// - Parameters:
    ///   - store: where jobs rest. It keeps its own deadlines: the routes add none.
    ///   - configuration: limits and names.
    ///   - readiness: set it to draining to leave a load balancer's rotation.
    ///   - nodes: the members, a JSON array, for `GET /nodes`.
    ///   - streams: streams, lengths and consumer groups, a JSON object, for `GET /jobs/stats`; nil where the store has
    ///     none.
    public init(
        store: any JobStore, configuration: APIConfiguration, readiness: Readiness = Readiness(),
        nodes: @escaping Document = { Array("[]".utf8) }, streams: Document? = nil
    ) {
        self.store = store
        self.configuration = configuration
        self.readiness = readiness
        self.nodes = nodes
        self.streams = streams
    }

    var all: [APIRoute] {
        let groups: [[APIRoute]] = [
            HealthRoutes(store: store, configuration: configuration, readiness: readiness).routes,
            MetricsRoutes(store: store, configuration: configuration, readiness: readiness).routes,
            WorkRoutes(store: store, configuration: configuration).routes,
            SubmitRoutes(store: store, configuration: configuration).routes,
            BulkRoutes(store: store, configuration: configuration).routes,
            BatchRoutes(store: store, configuration: configuration).routes,
            JobRoutes(store: store).routes,
            JobActionRoutes(store: store, configuration: configuration).routes,
            QueueRoutes(store: store, configuration: configuration).routes,
            DeadRoutes(store: store, configuration: configuration).routes,
            CronRoutes(store: store, configuration: configuration).routes,
            WorkerRoutes(store: store).routes,
            StatsRoutes(store: store, nodes: nodes, streams: streams).routes,
        ]
        let routes = groups.flatMap { $0 }
        return routes + DocumentRoutes(routes, version: configuration.version).routes
    }

    /// Adds every route and what they share (errors as JSON, request ids) to the router. Routes added to the router
    /// afterwards share it too.
    ///
    /// - Parameter prefix: A path to put before every route's, such as `/api`.
    public func add(to router: Router<APIRequestContext>, under prefix: String = "") {
        let routes = all
        router.add(
            middleware:
                APIMiddleware(
                    allowed: AllowedMethods(routes, under: prefix), crossOrigin: CrossOrigin(configuration),
                    meter: configuration.metrics.requests))
        for route in routes {
            router.on(RouterPath(prefix + route.path), method: route.method, use: route.handler)
            if route.method == .get {
                router.on(RouterPath(prefix + route.path), method: .head) { request, context in
                    try await route.handler(request, context).createHeadResponse()
                }
            }
        }
    }
}
