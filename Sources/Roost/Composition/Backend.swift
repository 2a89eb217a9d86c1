import Logging
import NIOCore
import RoostCluster
import RoostJobs
import RoostRedis
import RoostStores

/// The store and the registry a process works with, and the connections under them.
struct Backend: Sendable {
    let store: any JobStore
    /// The same store where it is a Redis.
    let redis: RedisStreamStore?
    let registry: any Registry
    /// What `GET /jobs/stats` says of the store's streams.
    let streams: (@Sendable () async -> [UInt8])?
    private let clients: [RedisClient]

    /// Opens what the settings name. A Redis that does not answer yet is no error: roles start and say so.
    static func open(
        _ settings: Settings, group: any EventLoopGroup, logger: Logger
    ) async throws(Failure) -> Backend {
        var clients: [RedisClient] = []
        func client(_ url: String, deadline: Duration) throws(Failure) -> RedisClient {
            do throws(RedisError) {
                var configuration = try RedisConfiguration(url: url)
                configuration.commandDeadline = deadline
                configuration.clientName = "roost"
                // In a Redis Cluster: the slot of the store's keys and of the registry's.
                configuration.clusterKey = "{\(settings.cluster)}"
                let client = RedisClient(configuration: configuration, eventLoopGroup: group, logger: logger)
                clients.append(client)
                return client
            } catch {
                throw Failure(.configuration, error.message)
            }
        }
        let store: any JobStore
        var redisStore: RedisStreamStore?
        var streams: (@Sendable () async -> [UInt8])?
        var registryURL = settings.registry
        switch settings.store {
        case .memory: store = MemoryStore()
        case .sqlite(let path): store = try openSQLite(path)
        case .redis(let url):
            let redis = RedisStreamStore(
                client: try client(url, deadline: .milliseconds(900)),
                configuration: RedisStreamStoreConfiguration(namespace: settings.cluster))
            try await verify(redis, logger)
            store = redis
            redisStore = redis
            streams = { await redis.streamsDocument() }
            registryURL = registryURL ?? url
        }
        guard let registryURL else {
            return Backend(
                store: store, redis: redisStore, registry: MemoryRegistry(), streams: streams, clients: clients)
        }
        // A client of its own: heartbeats never wait behind jobs.
        let registry = RedisRegistry(cluster: settings.cluster, client: try client(registryURL, deadline: .seconds(2)))
        guard let registry else { throw Failure(.configuration, "cluster: not a name for one") }
        return Backend(store: store, redis: redisStore, registry: registry, streams: streams, clients: clients)
    }

    /// Closes the store and the connections.
    func close() async {
        await store.close()
        for client in clients { await client.shutDown() }
    }

    private static func openSQLite(_ path: String) throws(Failure) -> SQLiteStore {
        do throws(StoreError) {
            return try SQLiteStore(path: path)
        } catch {
            throw Failure(.configuration, error.message)
        }
    }

    private static func verify(_ redis: RedisStreamStore, _ logger: Logger) async throws(Failure) {
        do throws(StoreError) {
            try await redis.verify()
            for warning in await redis.health().warnings { logger.warning("\(warning)") }
        } catch {
            guard error.code == .invalid else {
                logger.warning("Redis does not answer yet", metadata: ["error": "\(error.message)"])
                return
            }
            throw Failure(.configuration, error.message)
        }
    }
}
