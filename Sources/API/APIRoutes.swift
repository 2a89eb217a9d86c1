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
    /// Who may use them; share it with other routes of the process that want the same rules.
    public let gate: AccessGate
    let nodes: Document
    let control: NodeControl
    let streams: Document?

    /// The routes of one node.
    ///
    /// - Parameters:
    ///   - store: where jobs rest. It keeps its own deadlines: the routes add none.
    ///   - configuration: limits and names.
    ///   - readiness: set it to draining to leave a load balancer's rotation.
    ///   - nodes: the members, a JSON array, for `GET /nodes`.
    ///   - control: has members claim no more jobs; nil where nobody can.
    ///   - streams: streams, lengths and consumer groups, a JSON object, for `GET /jobs/stats`; nil where the store has
    ///     none.
    public init(
        store: any JobStore, configuration: APIConfiguration, readiness: Readiness = Readiness(),
        nodes: @escaping Document = { Array("[]".utf8) }, control: NodeControl? = nil, streams: Document? = nil
    ) {
        self.store = store
        self.configuration = configuration
        self.readiness = readiness
        gate = AccessGate(store: store, configuration: configuration)
        self.nodes = nodes
        self.control = control ?? .none
        self.streams = streams
    }

    var all: [APIRoute] {
        let follower = JobFollower(store: store, configuration: configuration, readiness: readiness)
        let groups: [[APIRoute]] = [
            HealthRoutes(store: store, configuration: configuration, readiness: readiness).routes,
            MetricsRoutes(store: store, configuration: configuration, readiness: readiness).routes,
            WorkRoutes(store: store, configuration: configuration, follower: follower).routes,
            SubmitRoutes(store: store, configuration: configuration, follower: follower).routes,
            BulkRoutes(store: store, configuration: configuration).routes,
            BatchRoutes(store: store, configuration: configuration).routes,
            JobRoutes(store: store, follower: follower).routes,
            BulkActionRoutes(store: store, configuration: configuration).routes,
            EventRoutes(follower: follower).routes,
            JobActionRoutes(store: store, configuration: configuration).routes,
            QueueRoutes(store: store, configuration: configuration).routes,
            DeadRoutes(store: store, configuration: configuration).routes,
            CronRoutes(store: store, configuration: configuration).routes,
            WebhookRoutes(store: store, configuration: configuration).routes,
            WorkerRoutes(store: store).routes,
            LeaseRoutes(store: store, configuration: configuration, readiness: readiness).routes,
            StatsRoutes(store: store, nodes: nodes, streams: streams).routes,
            NodeRoutes(control: control).routes,
            SessionRoutes(gate: gate, configuration: configuration, audit: audit).routes,
            TokenRoutes(gate: gate, vault: TokenVault(store), configuration: configuration).routes,
            AuditRoutes(store: store).routes,
        ]
        let routes = groups.flatMap { $0 }
        return routes
            + DocumentRoutes(
                routes, version: configuration.version, asksForTokens: configuration.access.asksForTokens
            ).routes
    }

    private var audit: AuditLog { AuditLog(store: store, member: configuration.member) }

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
                    meter: configuration.metrics.requests, bytes: configuration.metrics.held,
                    limit: configuration.heldBytes))
        for route in routes {
            let guarded = RouteGuard(route: route, gate: gate, audit: audit)
            // A HEAD is a GET whose body the middleware takes off, as it does with refusals.
            for method in route.method == .get ? [.get, .head] : [route.method] {
                router.on(RouterPath(prefix + route.path), method: method) { request, context in
                    try await guarded(request, context)
                }
            }
        }
    }
}
