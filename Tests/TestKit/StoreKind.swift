import FoundationEssentials
import Logging
import NIOPosix
public import RoostJobs
import RoostRedis
import RoostStores

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
        case .memory: try await MemoryStore().working(body)
        case .sqlite:
            try await Self.withDirectory { try await SQLiteStore(path: "\($0)/roost.db").working(body) }
        case .redis: try await Self.withRedis { try await $0.working(body) }
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
}
