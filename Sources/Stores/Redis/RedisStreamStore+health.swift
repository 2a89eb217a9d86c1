public import RoostJobs
import RoostRedis
import Synchronization

extension RedisStreamStore {
    public func health() async -> StoreHealth {
        let start = ContinuousClock.now
        let name = client.configuration.redactedDescription
        do throws(StoreError) {
            _ = try await send(RedisCommand("PING"))
            let latency = ContinuousClock.now - start
            // The facts change rarely: asked for once, and again after a failure.
            var known = facts.withLock { $0 }
            if known == nil {
                known = try await askFacts()
                facts.withLock { $0 = known }
            }
            let replication = try await askReplication()
            return StoreHealth(
                description: "\(name) \(known?.version ?? "")" + (replication.map { ", \($0.text)" } ?? ""),
                isReachable: true, durability: known?.durability ?? "unknown",
                warnings: (known?.warnings ?? []) + (replication?.warnings ?? []), latency: latency)
        } catch {
            facts.withLock { $0 = nil }
            return StoreHealth(
                description: name, isReachable: false, durability: "unknown", warnings: [error.message])
        }
    }

    /// Throws `.invalid` when the server would delete jobs under memory pressure: Roost refuses to start on it.
    public func verify() async throws(StoreError) {
        let facts = try await askFacts()
        guard facts.evictionPolicy == "noeviction" else {
            throw StoreError(
                .invalid,
                "Redis has maxmemory-policy \(facts.evictionPolicy): it would delete accepted jobs. Set it to noeviction."
            )
        }
    }

    /// Which server is the master now, and who follows it; nil where there is but one server.
    private func askReplication() async throws(StoreError) -> (text: String, warnings: [String])? {
        guard client.configuration.topology != .server else { return nil }
        let info = try await send(RedisCommand("INFO", "replication")).text ?? ""
        var required: String?
        do throws(StoreError) {
            required = try await send(RedisCommand("CONFIG", "GET", "min-replicas-to-write")).elements?.last?.text
        } catch {
            if error.code == .unavailable && !error.message.contains("NOPERM") { throw error }
        }
        let replication = RedisReplication(info: info, required: required)
        let place = client.status.server.map { "master \($0), " } ?? ""
        return (
            place + replication.description(client.configuration), replication.warnings(client.configuration)
        )
    }

    private func askFacts() async throws(StoreError) -> RedisFacts {
        var info = ""
        for section in ["server", "memory", "persistence"] {
            info += try await send(RedisCommand("INFO", section)).text ?? ""
        }
        var fsync: String?
        do throws(StoreError) {
            fsync = try await send(RedisCommand("CONFIG", "GET", "appendfsync")).elements?.last?.text
        } catch {
            // An ACL that forbids CONFIG is a good one; the durability is then reported as unknown.
            if error.code == .unavailable { throw error }
        }
        return RedisFacts(info: info, appendFsync: fsync)
    }
}
