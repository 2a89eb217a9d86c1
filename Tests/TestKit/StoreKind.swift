import FoundationEssentials
import Logging
import NIOPosix
public import RoostJobs
import RoostRedis
import RoostStores
import Testing

/// The stores every case of the conformance suite runs on.
public enum StoreKind: String, Sendable, CaseIterable {
    /// This process's memory.
    case memory
    /// A file in a directory of its own.
    case sqlite
    /// Redis Streams, in a namespace of its own on a server all cases share.
    case redis

    /// Runs the body on a new, empty store, whose own work goes on beside it.
    public func withStore(_ body: (any JobStore) async throws -> Void) async throws {
        switch self {
        case .memory: try await Self.run(MemoryStore(), body)
        case .sqlite:
            try await Self.withDirectory { try await Self.run(try SQLiteStore(path: "\($0)/roost.db"), body) }
        case .redis: try await Self.withRedis { try await Self.run($0, body) }
        }
    }

    private static func withDirectory(_ body: (String) async throws -> Void) async throws {
        let directory = "/tmp/roost-case-\(JobIDGenerator.shared.next())"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try await body(directory)
    }

    private static func withRedis(_ body: (RedisStreamStore) async throws -> Void) async throws {
        let client = RedisClient(
            configuration: try RedisConfiguration(url: try SharedRedis.server.get().url),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "store-kind", factory: { _ in SwiftLogNoOpLogHandler() }))
        var configuration = RedisStreamStoreConfiguration(namespace: "case-\(JobIDGenerator.shared.next())")
        // A lost wake-up shall show as one, and a busy machine not as an outage.
        configuration.recheck = .seconds(60)
        configuration.deadline = .seconds(10)
        do {
            try await body(RedisStreamStore(client: client, configuration: configuration))
            await client.shutDown()
        } catch {
            await client.shutDown()
            throw error
        }
    }

    private static func run(_ store: any JobStore, _ body: (any JobStore) async throws -> Void) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask {
                do {
                    try await store.run()
                } catch {
                    // A case may close the store itself, and every case is cancelled in the end.
                    let closed = (error as? StoreError)?.code == .closed
                    if !closed, !Task.isCancelled { Issue.record(error, "the store's own work broke") }
                }
            }
            defer { group.cancelAll() }
            try await body(store)
            await store.close()
        }
    }
}
