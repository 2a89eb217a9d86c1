import FoundationEssentials
import Glibc
import RoostProcessKit
import RoostTestKit

/// Two APIs behind HAProxy, three nodes, sysmon and a Redis that syncs each write: real processes on loopback, with a
/// harmful relay on every link but the client's.
final class ClusterUnderTest: Sendable {
    /// How long a claim holds without its worker.
    static let lease: Int64 = 15_000_000

    let directory: TemporaryDirectory
    let redis: RedisServer
    let apis: [Member]
    let nodes: [Member]
    let sysmon: Member
    let balancer: Balancer
    let notebook: Notebook

    var everyone: [Member] { apis + nodes + [sysmon] }

    init(nodes count: Int = 3) async throws {
        let directory = try TemporaryDirectory()
        self.directory = directory
        let redis = try RedisServer.start(arguments: ["--appendonly", "yes", "--appendfsync", "always"])
        self.redis = redis
        let notebook = Notebook(path: "\(directory.path)/notebook")
        self.notebook = notebook
        // Each mesh port is used on two addresses: free where the process listens, too, and still so when it is started again.
        var ports = try FreePort.several(count + 4)
        func member(_ role: Member.Role, _ number: Int, _ arguments: [String] = []) async throws -> Member {
            try await Member(
                role, number, redis: redis.port, meshPort: ports.removeLast(), in: directory.path, arguments: arguments,
                environment: [
                    "ROOST_DEMO_RECORD": notebook.path, "ROOST_COOKIE": "a cookie for the cluster that is under test",
                ])
        }
        var apis: [Member] = []
        for number in 0..<2 { apis.append(try await member(.api, number)) }
        var nodes: [Member] = []
        for number in 0..<count {
            nodes.append(
                try await member(.node, number, ["--demo", "--concurrency", "8", "--queues", "default,held"]))
        }
        self.apis = apis
        self.nodes = nodes
        sysmon = try await member(.sysmon, 0, ["--interval", "1"])
        balancer = try Balancer(ports: apis.map(\.http.port), port: ports.removeLast(), in: directory.path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for member in everyone { group.addTask { try await member.start() } }
            try await group.waitForAll()
        }
    }

    /// Lets go of everything that was broken and starts who ended.
    func mend() async throws {
        for member in everyone {
            member.redis.set(.pass)
            member.http.set(.pass)
            member.mesh.set(.pass)
            member.signal(SIGCONT)
        }
        redis.resume()
        if redis.pid == nil { try redis.restart() }
        for member in everyone where !member.isAlive { try await member.start() }
    }

    /// Stops everyone in good order; who did not end with 0.
    func finish() async throws -> [String] {
        for member in everyone { member.signal(SIGTERM) }
        var bad: [String] = []
        for member in everyone where try await member.ended() != 0 { bad.append(member.name) }
        return bad
    }
}
