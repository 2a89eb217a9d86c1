import Logging
import RoostSysmon
import ServiceLifecycle
import UnixSignals

/// The cluster on this terminal, as a running API tells of it: this process joins nothing and listens nowhere.
struct RemoteScreen {
    let client: APIClient
    let options: TerminalOptions

    /// Shows it until `q`, a signal, or enough was shown. Throws a `Failure` when the API does not answer at first or
    /// refuses; later it may come and go.
    func run() async throws {
        let first = try await client.get("/stats", timeout: .seconds(3))
        // A store that is away is something to watch.
        if first.status < 500 { _ = try first.checked() }
        let reading = APIReading(transport)
        var configuration = SnapshotConfiguration()
        configuration.cluster = place
        let snapshotter = Snapshotter(
            counts: { try await reading.counts() }, health: { await reading.health() }, members: { reading.members },
            configuration: configuration)
        let services: [any Service] = [
            SnapshotService(snapshotter: snapshotter),
            TerminalDisplay(feed: snapshotter.feed, source: APISource(transport), options: options),
        ]
        var logger = Logger(label: "roost")
        logger.logLevel = .error
        try await ServiceGroup(
            configuration: .init(
                services: services.map { .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup) },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        ).run()
    }

    /// The API's address, without what may be secret in its URL.
    private var place: String {
        let rest = client.base.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first ?? ""
        return String(rest.split(separator: "@").last ?? "api")
    }

    private var transport: APITransport {
        { call in
            do throws(Failure) {
                let reply =
                    switch call.method {
                    case .get: try await client.get(call.path, timeout: .seconds(3))
                    case .post: try await client.post(call.path, call.body)
                    case .delete: try await client.delete(call.path)
                    }
                return APIAnswer(status: reply.status, body: reply.body, total: reply.total)
            } catch {
                throw APIFault(description: error.message)
            }
        }
    }
}
