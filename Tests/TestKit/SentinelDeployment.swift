import Glibc
import RoostRedis

/// A master, its replicas and three sentinels on loopback that replace it when it was silent for a second.
public final class SentinelDeployment: Sendable {
    /// What the sentinels call the master.
    public static let master = "mymaster"
    /// The servers; the first one is the master at the start.
    public let servers: [RedisServer]
    /// The sentinels; two of them decide.
    public let sentinels: [RedisServer]
    private let password: String?

    /// `redis+sentinel://…`, naming all sentinels.
    public var url: String {
        let credentials = password.map { ":\($0)@" } ?? ""
        let hosts = sentinels.map { "127.0.0.1:\($0.port)" }.joined(separator: ",")
        return "redis+sentinel://\(credentials)\(hosts)/\(Self.master)"
    }

    /// Starts everything; returns when the sentinels know each other and every replica.
    /// - Parameter arguments: more of the servers' options.
    public init(replicas: Int = 2, password: String? = nil, arguments: [String] = []) async throws {
        self.password = password
        let access = password.map { ["--masterauth", $0] } ?? []
        let first = try RedisServer.start(password: password, arguments: arguments + access)
        var servers = [first]
        for _ in 0..<replicas {
            let following = ["--replicaof", "127.0.0.1 \(first.port)", "--repl-diskless-sync-delay", "0"]
            servers.append(try RedisServer.start(password: password, arguments: arguments + access + following))
        }
        self.servers = servers
        for server in servers.dropFirst() {
            try await awaited("a replica follows") {
                try await server.ask("INFO", "replication").text?.contains("master_link_status:up") ?? false
            }
        }
        var sentinels: [RedisServer] = []
        // One of them notices later than the others: it does not stand for election, but decides it.
        for patience in [1000, 1000, 2500] {
            var file = """
                sentinel monitor \(Self.master) 127.0.0.1 \(first.port) 2
                sentinel down-after-milliseconds \(Self.master) \(patience)
                sentinel failover-timeout \(Self.master) 1500
                sentinel parallel-syncs \(Self.master) 2

                """
            if let password { file += "sentinel auth-pass \(Self.master) \(password)\n" }
            sentinels.append(try RedisServer.start(arguments: ["--sentinel"], file: file))
        }
        self.sentinels = sentinels
        for sentinel in sentinels {
            // They would take many seconds to find each other.
            try await sentinel.ask(
                "SENTINEL", "DEBUG", "publish-period", "200", "info-period", "300", "ping-period", "100", "ask-period",
                "200")
        }
        for sentinel in sentinels {
            try await awaited("the sentinels know everybody") {
                let info = try await sentinel.ask("INFO", "sentinel").text ?? ""
                return info.contains("status=ok") && info.contains("slaves=\(replicas),sentinels=3")
            }
        }
    }

    /// The server whose port the sentinels name.
    public func current() async throws -> RedisServer? {
        let reply = try await sentinels.first?.ask("SENTINEL", "GET-MASTER-ADDR-BY-NAME", Self.master)
        let port = reply?.elements?.last?.int
        return servers.first { Int64($0.port) == port }
    }

    /// Returns when another server than `former` is the master, as every sentinel says, and takes writes.
    public func promoted(after former: RedisServer) async throws -> RedisServer {
        var found: RedisServer?
        try await awaited("a replica is promoted") {
            var named: Set<Int64> = []
            for sentinel in sentinels where sentinel.pid != nil {
                let reply = try await sentinel.ask("SENTINEL", "GET-MASTER-ADDR-BY-NAME", Self.master)
                named.insert(reply.elements?.last?.int ?? 0)
            }
            guard named.count == 1, let port = named.first, port != Int64(former.port) else { return false }
            found = servers.first { Int64($0.port) == port }
            return try await found?.ask("ROLE").elements?.first?.text == "master"
        }
        guard let found else { throw ChildProcess.Failure(description: "nobody was promoted") }
        return found
    }

    /// Kills everything.
    public func kill() {
        for server in sentinels + servers { server.kill() }
    }
}
