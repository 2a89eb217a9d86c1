import Glibc
import RoostJobs
import RoostProcessKit
import RoostTestKit
import Testing

/// Nodes that are drained: from the terminal, the command line and the API.
@Suite(.serialized) struct SysmonDrainTests {
    /// Two processes that run jobs, on one Redis.
    private final class Pair: Sendable {
        let directory: TemporaryDirectory
        let redis: RedisServer
        let programs: [RoostProgram]
        let names: [String]
        let curl: Curl

        init() throws {
            directory = try TemporaryDirectory()
            redis = try RedisServer.start()
            let common = ["--demo", "--concurrency", "4", "--store", redis.url, "--mesh-port", "0"]
            let up = try RoostProgram(
                ["up", "--port", "0", "--console-port", "0"] + common, name: "up", in: directory.path)
            let node = try RoostProgram(["node"] + common, name: "node", in: directory.path)
            programs = [up, node]
            let parts = try programs.map { try $0.ready() }
            names = parts.map { $0["member"] ?? "?" }
            curl = Curl(base: parts[0]["http"] ?? "")
            for name in names { try isState("up", name) }
        }

        func isState(_ state: String, _ name: String) throws {
            _ = try eventually("\(name) to be \(state)") {
                let rows = try JSONScanner.parseArray(Array(self.curl.get("/nodes").body.utf8), maximumDepth: 64)
                let row = rows.compactMap(\.object).first { $0["name"]?.string == name }
                return row?["state"]?.string == state ? true : nil
            }
        }

        /// Gives more jobs than both run at once; who ran each, when all are done.
        func workers() throws -> Set<String> {
            let ids = try (0..<12).map { _ in
                try curl.post("/jobs", #"{"type":"sleep","payload":{"seconds":0.2}}"#).string("job_id") ?? "?"
            }
            return try Set(
                ids.map { id in
                    try eventually("job \(id) to be done") {
                        let job = try curl.get("/jobs/\(id)")
                        guard job.string("status") == "done", let worker = job.string("worker") else { return nil }
                        return names.first { worker.hasPrefix($0) } ?? worker
                    }
                })
        }

        func roost(_ arguments: [String]) throws -> (status: Int32, text: String) {
            let program = try RoostProgram(arguments, name: arguments[0], in: directory.path)
            guard let status = program.process.wait(milliseconds: 30_000) else { throw Surprise("\(arguments)") }
            return ((status >> 8) & 0xFF, program.printed)
        }
    }

    @Test(
        "D on the Nodes tab: the node claims no more, its process stays, and claims again when it may",
        .enabled(if: Tmux.isInstalled, "tmux is not installed"))
    func key() throws {
        let pair = try Pair()
        defer { withExtendedLifetime(pair) {} }
        let (up, node) = (pair.names[0], pair.names[1])
        let ports = ["--mesh-port", "0", "--console-port", "0"]
        let tmux = try Tmux(
            ["sysmon", "--rw", "--store", pair.redis.url] + ports, columns: 140, rows: 30,
            environment: ["USER": "ada"], in: pair.directory.path)
        try tmux.shows(node)
        try tmux.type("/", node, "Enter")
        try tmux.type("D")
        try tmux.shows("Drain \(node)")
        try tmux.type("y")
        try tmux.shows("claims no more jobs")
        try pair.isState("draining", node)
        _ = try eventually("the screen to show it") {
            try tmux.screen().contains { $0.contains(node) && $0.contains("draining") } ? true : nil
        }
        #expect(try pair.workers() == [up])
        #expect(pair.programs[1].isAlive)
        try tmux.type("D")
        try tmux.shows("Have \(node) claim jobs again")
        try tmux.type("y")
        try tmux.shows("claims jobs")
        try pair.isState("up", node)
        // The other one, from the command line through the API, by a part of its name.
        let drained = try pair.roost(["nodes", "drain", "--api", pair.curl.base, "roost@"])
        #expect(drained.status == 0 && drained.text.contains("\(up) claims no more jobs"), "\(drained)")
        #expect(try pair.workers() == [node])
        let audit = try pair.curl.get("/audit").body
        #expect(audit.contains(#""who":"ada""#) && audit.contains(#""route":"sysmon --rw""#), "\(audit)")
        #expect(audit.contains(#""action":"drainNode""#) && audit.contains(#""action":"undrainNode""#))
        #expect(audit.contains(#""route":"POST /nodes/:node/drain""#))
    }

    @Test("from the command line as a member; who runs no jobs, or is nobody, is refused with a status")
    func commands() throws {
        let pair = try Pair()
        defer { withExtendedLifetime(pair) {} }
        let (up, node) = (pair.names[0], pair.names[1])
        let joined = try pair.roost(["nodes", "drain", "--json", "--store", pair.redis.url, node])
        #expect(joined.status == 0 && joined.text.contains(#""node":"\#(node)","draining":true"#), "\(joined)")
        try pair.isState("draining", node)
        #expect(try pair.workers() == [up])
        #expect(try pair.roost(["nodes", "undrain", "--api", pair.curl.base, node]).status == 0)
        #expect(try pair.roost(["nodes", "drain", "--api", pair.curl.base, "worker@127.0.0.1:1"]).status == 66)
        #expect(try pair.curl.post("/nodes/worker@127.0.0.1:1/drain", "").status == 404)
        // A drained node still stops as it should.
        #expect(try pair.curl.post("/nodes/\(node)/drain", "").status == 200)
        #expect(try pair.programs[1].stop() == 0)
    }
}
