import Glibc
import RoostRedis

/// A Redis Cluster of three masters with a replica each, on loopback.
public final class ClusterDeployment: Sendable {
    /// The nodes; the first three are masters at the start.
    public let nodes: [RedisServer]

    /// `redis+cluster://…`, naming two of the nodes.
    public var url: String {
        "redis+cluster://" + nodes.suffix(2).map { "127.0.0.1:\($0.port)" }.joined(separator: ",")
    }

    /// Starts everything; returns when every node says that the cluster is whole.
    /// - Parameter arguments: more of the nodes' options.
    public init(arguments: [String] = []) async throws {
        var nodes: [RedisServer] = []
        for _ in 0..<6 {
            nodes.append(
                try RedisServer.start(
                    arguments: arguments + [
                        "--cluster-enabled", "yes", "--cluster-port", "\(try FreePort.one())",
                        "--cluster-node-timeout", "1000", "--cluster-config-file", "nodes.conf",
                        "--repl-diskless-sync-delay", "0",
                    ]))
        }
        self.nodes = nodes
        try ChildProcess.run(
            "redis-cli",
            ["--cluster", "create"] + nodes.map { "127.0.0.1:\($0.port)" } + ["--cluster-replicas", "1"]
                + ["--cluster-yes"])
        for node in nodes {
            try await awaited("the cluster is whole") {
                let info = try await node.ask("CLUSTER", "INFO").text ?? ""
                let role = try await node.ask("INFO", "replication").text ?? ""
                return info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:6")
                    && (role.contains("role:master") || role.contains("master_link_status:up"))
                    && (!role.contains("role:master") || role.contains("connected_slaves:1"))
            }
        }
    }

    /// The node that owns the slot of a key, as one that runs says.
    public func owner(of key: String) async throws -> RedisServer? {
        for node in nodes where node.pid != nil {
            let slot = try await node.ask("CLUSTER", "KEYSLOT", key).int ?? 0
            for range in try await node.ask("CLUSTER", "SLOTS").elements ?? [] {
                guard let parts = range.elements, parts.count > 2, let first = parts[0].int, let last = parts[1].int,
                    (first...max(first, last)).contains(slot)
                else { continue }
                let port = parts[2].elements?.dropFirst().first?.int
                return nodes.first { Int64($0.port) == port }
            }
        }
        return nil
    }

    /// Returns when another node than `former` owns the key's slot and says that the cluster is whole.
    public func promoted(after former: RedisServer, for key: String) async throws -> RedisServer {
        var found: RedisServer?
        try await awaited("a replica is promoted") {
            found = try await owner(of: key)
            guard let found, found.port != former.port, found.pid != nil else { return false }
            return try await found.ask("CLUSTER", "INFO").text?.contains("cluster_state:ok") ?? false
        }
        guard let found else { throw ChildProcess.Failure(description: "nobody was promoted") }
        return found
    }

    /// Kills everything.
    public func kill() {
        for node in nodes { node.kill() }
    }
}
