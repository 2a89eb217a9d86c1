import Logging
import RoostJobs
import RoostNode

/// A node whose only handler counts itself.
struct BenchNode {
    let store: any JobStore
    let tally: BenchTally
    var concurrency = 200
    /// The pause after which a dead node's job would be taken over: as in production.
    var lease = Duration.seconds(15)
    /// Whether a job's result is its payload; else it is `null`.
    var returnsPayload = true

    private static let null = Array("null".utf8)

    func service() throws -> NodeService {
        var handlers = HandlerRegistry()
        let (tally, returnsPayload) = (tally, returnsPayload)
        try handlers.register(raw: BenchJobs.type) { payload, _ in
            tally.start(sent: BenchJobs.sent(payload))
            return returnsPayload ? payload : Self.null
        }
        var configuration = NodeConfiguration(name: "bench")
        configuration.queues = [BenchJobs.queue]
        configuration.concurrency = concurrency
        configuration.lease = lease
        configuration.extendEvery = lease / 3
        var logger = Logger(label: "bench")
        logger.logLevel = .error
        return try NodeService(store: store, handlers: handlers, configuration: configuration, logger: logger)
    }

    /// Runs the node while the body runs, then lets it settle what it has.
    func running(_ body: () async throws -> Void) async throws {
        let node = try service()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await node.run() }
            try await body()
            node.drain()
            try await group.waitForAll()
        }
    }
}
