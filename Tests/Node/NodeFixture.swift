import Logging
import RoostJobs
import RoostNode
import RoostTestKit
import Testing

/// Short times, so that what takes a lease or a sweep can be waited for.
func quick(
    _ name: String = "worker@test", concurrency: Int = 4, lease: Duration = .seconds(60),
    sweep: Duration = .seconds(60),
    drain: Duration = .seconds(60)
) -> NodeConfiguration {
    NodeConfiguration(
        name: name, concurrency: concurrency, lease: lease, extendEvery: min(lease / 5, .milliseconds(50)),
        sweep: sweep,
        prune: .milliseconds(20), drain: drain, retry: RetryPolicy(base: .milliseconds(1), jitter: 0))
}

let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Runs a node beside the body and stops it at the end.
func withNode(
    _ store: any JobStore, _ configuration: NodeConfiguration = quick(), handlers: HandlerRegistry,
    _ body: (NodeService) async throws -> Void
) async throws {
    let node = try NodeService(store: store, handlers: handlers, configuration: configuration, logger: silent)
    try await withThrowingTaskGroup { group in
        group.addTask { try await node.run() }
        do {
            try await body(node)
        } catch {
            group.cancelAll()
            throw error
        }
        group.cancelAll()
        try await group.waitForAll()
    }
}

/// A registry with one handler of bytes.
func handlers(
    _ type: String = "t", _ run: @escaping @Sendable ([UInt8], JobContext) async throws -> [UInt8]
) throws -> HandlerRegistry {
    var handlers = HandlerRegistry()
    try handlers.register(raw: type, run)
    return handlers
}

let null = Array("null".utf8)

extension JobStore {
    /// Enqueues a job into the default queue.
    func submit(
        _ type: String = "t", _ payload: String = "{}", maxAttempts: Int = 3, timeout: Duration = .seconds(300),
        start: NewJob.Start = .now, ttl: Duration = .seconds(600)
    ) async throws -> JobID {
        let job = NewJob(
            type: type, payload: Array(payload.utf8), maxAttempts: maxAttempts, timeout: timeout, resultTTL: ttl,
            start: start)
        return try #require(try await enqueue([job])[0].id)
    }

    /// Waits until the job's life is over and returns it.
    func ended(_ id: JobID, sourceLocation: SourceLocation = #_sourceLocation) async throws -> JobRecord {
        try await eventually("the job ends", sourceLocation: sourceLocation) {
            try await job(id)?.state.isFinal == true
        }
        return try await record(id, sourceLocation: sourceLocation)
    }
}

extension JobRecord {
    var resultText: String? { result.map { String(decoding: $0, as: UTF8.self) } }
}
