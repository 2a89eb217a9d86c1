import Glibc
import RoostProcessKit
import RoostTestKit
import Testing

/// Two API processes, two nodes, HAProxy, sysmon and Redis: all real, all on loopback.
final class TestCluster: Sendable {
    let directory: TemporaryDirectory
    let redis: RedisServer
    let apis: [RoostProgram]
    let nodes: [String: RoostProgram]
    let sysmon: RoostProgram
    let balancer: LoadBalancer

    var curl: Curl { Curl(base: balancer.url) }
    var everyone: [RoostProgram] { apis + nodes.values + [sysmon] }

    /// Whoever ended although nobody told it to.
    var dead: [String] { everyone.filter { !$0.isAlive }.map(\.output) }

    init() throws {
        directory = try TemporaryDirectory()
        redis = try RedisServer.start(arguments: ["--appendonly", "yes", "--appendfsync", "always"])
        let common = ["--store", redis.url, "--port", "0", "--mesh-port", "0", "--console-port", "0"]
        let path = directory.path
        let environment = ["ROOST_DEMO_WORK_SECONDS": "0.2", "ROOST_RESULT_TTL": "5"]
        func start(_ role: String, _ more: [String] = []) throws -> RoostProgram {
            try RoostProgram([role] + common + more, name: role, in: path, environment: environment)
        }
        apis = try (0..<2).map { _ in try start("api") }
        let workers = try (0..<2).map { _ in try start("node", ["--demo", "--concurrency", "8"]) }
        sysmon = try start("sysmon", ["--interval", "0.5"])
        let addresses = try apis.map { try $0.ready()["http"] ?? "" }
        nodes = Dictionary(
            uniqueKeysWithValues: zip(try workers.map { try $0.ready()["member"] ?? "" }, workers).map { $0 })
        balancer = try LoadBalancer(apis: addresses, in: path)
    }
}

@Suite(.serialized) struct ClusterTests {
    /// A worker is `member#incarnation`.
    private func member(_ worker: String) -> String { String(worker.prefix { $0 != "#" }) }

    @Test("the documents' commands work through HAProxy on two APIs and two nodes, and sysmon shows them")
    func documents() throws {
        let cluster = try TestCluster()
        defer { withExtendedLifetime(cluster) {} }
        let seeds = SeedCommands(curl: cluster.curl)
        try seeds.pages()
        try seeds.jobs()
        try seeds.refusals()
        try seeds.schedule()
        #expect(try seeds.work("foo").hasPrefix("api@127.0.0.1:"))
        // Nothing but these requests between them: the balancer takes turns.
        let acceptors = try Set(
            (0..<4).map { _ in try cluster.curl.post("/api/v1/work", #"{"data":"foo"}"#).string("accepted_by") })
        #expect(acceptors.count == 2, "HAProxy reaches both APIs: \(acceptors)")
        #expect(acceptors.allSatisfy { $0?.hasPrefix("api@127.0.0.1:") ?? false })
        // The result's time to live is 5 s here.
        let callback = "ACBD18DB4CC2F85CEDEF654FCCC4A4D8"
        let gone = try eventually("the result to expire") {
            let reply = try cluster.curl.get("/api/v1/work/\(callback)")
            return reply.status == 404 ? reply : nil
        }
        #expect(gone.body == #"{"status":"404. not found!"}"#)
        _ = try eventually("sysmon to list everybody") {
            let printed = cluster.sysmon.printed
            return cluster.nodes.keys.allSatisfy(printed.contains) && printed.contains("api@127.0.0.1") ? true : nil
        }
        let members = try cluster.curl.get("/nodes").body
        #expect(cluster.nodes.keys.allSatisfy(members.contains))
    }

    @Test("a job whose node is killed ends on the other node, once")
    func killedNode() throws {
        let cluster = try TestCluster()
        defer { withExtendedLifetime(cluster) {} }
        // Who dies before sysmon has looked once was never there for it.
        _ = try eventually("sysmon to list both nodes") {
            cluster.nodes.keys.allSatisfy { cluster.sysmon.printed.contains("\($0) up") } ? true : nil
        }
        let accepted = try cluster.curl.post("/jobs", #"{"type":"sleep","payload":{"seconds":2},"result_ttl":600}"#)
        let id = try #require(accepted.string("job_id"))
        let running = try eventually("the job to run") {
            let job = try cluster.curl.get("/jobs/\(id)")
            return job.string("status") == "running" ? job : nil
        }
        let owner = member(try #require(running.string("worker")))
        let victim = try #require(cluster.nodes[owner], "\(owner) of \(cluster.nodes.keys)")
        victim.process.signal(SIGKILL)
        let done = try SeedCommands(curl: cluster.curl).finished(id, seconds: 60)
        #expect(done.string("status") == "done")
        #expect(!(done.string("worker") ?? "").hasPrefix(owner + "#"))
        #expect(done.int("attempt") == 2)
        // One accepted, one done: the killed attempt left no second outcome.
        let stats = try cluster.curl.get("/stats")
        #expect(stats.int("done") == 1 && stats.int("running") == 0 && stats.int("total") == 1, "\(stats.body)")
        _ = try eventually("sysmon to miss the node", seconds: 60) {
            cluster.sysmon.printed.split(separator: "\n").contains { $0.contains(owner) && $0.contains("lost") }
                ? true : nil
        }
    }

    @Test("while Redis is away nothing is accepted and nobody ends; when it is back everything resumes")
    func redisAway() throws {
        let cluster = try TestCluster()
        defer { withExtendedLifetime(cluster) {} }
        let seeds = SeedCommands(curl: cluster.curl)
        let before = try cluster.curl.post("/jobs", #"{"payload":{"n":1}}"#)
        let kept = try #require(before.string("job_id"))
        let running = try cluster.curl.post("/jobs", #"{"type":"sleep","payload":{"seconds":3},"result_ttl":600}"#)
        let long = try #require(running.string("job_id"))
        _ = try eventually("the job to run") {
            try cluster.curl.get("/jobs/\(long)").string("status") == "running" ? true : nil
        }
        cluster.redis.stop()
        for _ in 0..<3 {
            let refused = try cluster.curl.post("/jobs", #"{"payload":{"n":2}}"#)
            #expect(refused.status == 503 && refused.headers.contains("retry-after:"), "\(refused)")
            // A second is what is promised; three leave room for a machine under load.
            #expect(refused.seconds < 3)
        }
        #expect(try cluster.curl.get("/health").status == 503)
        _ = try eventually("sysmon to say so") { cluster.sysmon.printed.contains("stale") ? true : nil }
        #expect(cluster.dead.isEmpty)
        try cluster.redis.restart()
        let after = try eventually("the API to accept again") {
            let reply = try cluster.curl.post("/jobs", #"{"payload":{"n":3}}"#)
            return reply.status == 202 ? reply : nil
        }
        let last = try seeds.finished(try #require(after.string("job_id")))
        #expect(last.string("status") == "done")
        // What ran while Redis was away kept its outcome; at the latest its lease ends and it runs again.
        let survivor = try seeds.finished(long, seconds: 60)
        #expect(survivor.string("status") == "done")
        #expect(["done", nil].contains(try cluster.curl.get("/jobs/\(kept)").string("status")))
        #expect(cluster.dead.isEmpty)
        _ = try eventually("everybody to be registered again") {
            let members = try cluster.curl.get("/nodes").body
            return cluster.nodes.keys.allSatisfy(members.contains) ? true : nil
        }
    }

    @Test("SIGTERM lets running jobs end; a second one hands them back without burning an attempt")
    func drain() throws {
        let cluster = try TestCluster()
        defer { withExtendedLifetime(cluster) {} }
        let seeds = SeedCommands(curl: cluster.curl)
        func start(_ seconds: Int) throws -> (id: String, node: RoostProgram) {
            let body = #"{"type":"sleep","payload":{"seconds":\#(seconds)},"result_ttl":600}"#
            let id = try #require(try cluster.curl.post("/jobs", body).string("job_id"))
            let owner = try eventually("the job to run") {
                let job = try cluster.curl.get("/jobs/\(id)")
                return job.string("status") == "running" ? job.string("worker").map(member) : nil
            }
            return (id, try #require(cluster.nodes[owner]))
        }
        let patient = try start(2)
        #expect(try patient.node.stop() == 0)
        #expect(try cluster.curl.get("/jobs/\(patient.id)").string("status") == "done")
        let hurried = try start(6)
        hurried.node.process.signal(SIGTERM)
        _ = try eventually("the drain to start") { hurried.node.printed.contains("stopping") ? true : nil }
        #expect(try hurried.node.stop(within: 10_000) == 75)
        let back = try cluster.curl.get("/jobs/\(hurried.id)")
        #expect(back.string("status") == "queued" && back.int("attempt") == 0, "\(back.body)")
        let common = ["--store", cluster.redis.url, "--mesh-port", "0", "--demo"]
        let successor = try RoostProgram(["worker"] + common, name: "worker", in: cluster.directory.path)
        _ = try successor.ready()
        let done = try seeds.finished(hurried.id)
        #expect(done.string("status") == "done" && done.int("attempt") == 1)
    }

    @Test("the shell joins the cluster and speaks to a node over TCP; sysmon prints one picture and ends")
    func shell() throws {
        let cluster = try TestCluster()
        defer { withExtendedLifetime(cluster) {} }
        let node = try #require(cluster.nodes.keys.sorted().first)
        _ = try eventually("everybody to be registered") {
            let members = try cluster.curl.get("/nodes").body
            return cluster.nodes.keys.allSatisfy(members.contains) ? true : nil
        }
        let common = ["--store", cluster.redis.url, "--mesh-port", "0"]
        // Typed ahead, as a person or a script would.
        let lines = [
            "nodes", "call \(node) whoami", "call \(node) echo hello", "ping \(node)", "queues", "nonsense", "quit",
        ]
        let input = try TestInput(lines.joined(separator: "\n") + "\n", in: cluster.directory.path)
        let shell = try RoostProgram(
            ["shell"] + common, name: "shell", in: cluster.directory.path, input: input.descriptor)
        let status = try #require(shell.process.wait(milliseconds: 30_000))
        let printed = shell.printed
        #expect(status == 0, "\(printed)")
        #expect(printed.contains("hello") && printed.contains("unknown: try help"), "\(printed)")
        // Once in the list of nodes, once as the answer of the node itself.
        #expect(printed.ranges(of: node).count >= 2, "\(printed)")
        let once = try RoostProgram(
            ["sysmon", "--once", "--json"] + common, name: "once", in: cluster.directory.path)
        #expect(try #require(once.process.wait(milliseconds: 30_000)) == 0, "\(once.printed)")
        let picture = once.printed.split(separator: "\n").last { $0.hasPrefix("{") && $0.contains("\"nodes\"") }
        #expect(picture?.contains(node) ?? false, "\(once.printed)")
    }
}
