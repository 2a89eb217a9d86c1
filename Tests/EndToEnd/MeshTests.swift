import Glibc
import RoostJobs
import RoostProcessKit
import RoostTestKit
import Testing

/// Members that speak with each other, as people and scripts see it.
@Suite(.serialized) struct MeshTests {
    private func worker(
        _ redis: RedisServer, _ directory: TemporaryDirectory, _ arguments: [String] = ["--demo"],
        environment: [String: String] = [:]
    ) throws -> (program: RoostProgram, name: String) {
        let program = try RoostProgram(
            ["node", "--store", redis.url, "--mesh-port", "0"] + arguments, name: "node", in: directory.path,
            environment: environment)
        guard let name = try program.ready()["member"] else { throw Surprise("no name") }
        return (program, name)
    }

    /// Runs `roost` to its end: its exit status and what it printed.
    private func roost(_ arguments: [String], in directory: TemporaryDirectory) throws -> (status: Int32, text: String)
    {
        let program = try RoostProgram(arguments, name: "roost", in: directory.path)
        guard let status = program.process.wait(milliseconds: 30_000) else { throw Surprise("it did not end") }
        return (status >> 8 & 0xFF, program.printed)
    }

    @Test("two workers pass a message on and one starts work on another, from a shell driven by a pipe")
    func messages() throws {
        let (redis, directory) = (try RedisServer.start(), try TemporaryDirectory())
        let (one, two) = (try worker(redis, directory), try worker(redis, directory))
        let store = ["--store", redis.url]
        let shell = try ShellSession(store, in: directory.path)
        try shell.type("ping \(two.name)", until: " ms")
        try shell.type(
            #"call \#(one.name) demo.relay {"message":"hi","route":["\#(two.name)"]}"#,
            until: #""trail":["\#(one.name)","\#(two.name)"]"#)
        let counted = try shell.type(
            #"spawn \#(two.name) demo.count {"to":3,"milliseconds":5}"#, until: #""counted":3"#)
        #expect(counted.ranges(of: #"{"number":2}"#).count == 1, "its progress is shown: \(counted)")
        try shell.type("multicall whoami", until: "\(two.name)  \(two.name)")
        try shell.type("broadcast echo hi", until: "sent to 2")
        try shell.type("join chat", until: "joined")
        try shell.type("groups", until: "chat  shell@")
        try shell.type("publish chat hello there", until: "hello there")
        // No error ends it.
        try shell.type("call \(one.name) nobody", until: "no service or task of that name")
        try shell.type("call worker@127.0.0.1:1 echo", until: "not connected")
        try shell.type("enqueue echo {", until: "not JSON")
        try shell.type("job 1", until: "no job id")
        let id = try shell.type(#"enqueue echo {"a":1}"#, until: "\n").split(separator: "\n").first ?? ""
        _ = try eventually("the job to be done") {
            try shell.type("job \(id)", until: "error ").contains(#"result   {"a":1}"#) ? true : nil
        }
        try shell.type("jobs done", until: "\(id)")
        try shell.type("queues", until: "default")
        try shell.type("cancel \(id)", until: "had ended before")
        try shell.type("history", until: "1  ping")
        try shell.type("nonsense", until: "try help")

        // Who is told to stop says goodbye: it left, it is not lost.
        #expect(try one.program.stop() == 0)
        _ = try eventually("it to have left") {
            let nodes = try shell.type("nodes", until: "NAME")
            return nodes.split(separator: "\n").contains { $0.hasPrefix(one.name) && $0.contains("left") } ? true : nil
        }
        shell.send("quit")
        #expect(try #require(shell.program.process.wait(milliseconds: 10_000)) == 0)
    }

    @Test("roost nodes lists, pings and calls, with the exit codes scripts go by")
    func nodes() throws {
        let (redis, directory) = (try RedisServer.start(), try TemporaryDirectory())
        let (one, two) = (try worker(redis, directory), try worker(redis, directory))
        let store = ["--store", redis.url]
        let list = try roost(["nodes"] + store, in: directory)
        #expect(list.status == 0 && list.text.contains("connected"), "\(list.text)")
        #expect(list.text.contains(one.name) && list.text.contains(two.name))
        let json = try roost(["nodes", "--json"] + store, in: directory)
        let rows = try JSONScanner.parseArray(
            Array(json.text.split(separator: "\n").first { $0.hasPrefix("[") }.map(String.init)?.utf8 ?? "".utf8),
            maximumDepth: 64)
        let workers = rows.compactMap(\.object).filter { $0["role"]?.string == "worker" }
        #expect(workers.count == 2 && workers.allSatisfy { $0["state"]?.string == "up" }, "\(json.text)")
        let all = try roost(["nodes", "ping"] + store, in: directory)
        #expect(all.status == 0 && all.text.ranges(of: " ms").count == 2, "\(all.text)")
        let gone = try roost(["nodes", "ping", one.name, "worker@127.0.0.1:1"] + store, in: directory)
        #expect(gone.status == 69 && gone.text.contains("1 of 2"), "\(gone.text)")
        // A part of a name is enough where only one has it.
        let port = one.name.split(separator: ":").last.map(String.init) ?? ""
        let reply = try roost(["nodes", "call", port, "whoami"] + store, in: directory)
        #expect(reply.status == 0 && reply.text == "\(one.name)\n", "\(reply.text)")
        #expect(try roost(["nodes", "call", port, "nobody"] + store, in: directory).status == 66)
        #expect(try roost(["nodes", "call", "nobody", "echo"] + store, in: directory).status == 66)
        let object = try roost(["nodes", "call", port, "echo", "{\"a\":1}", "--json"] + store, in: directory)
        #expect(object.text.contains(#""reply":{"a":1}"#), "\(object.text)")
    }

    @Test("a wrong cookie is refused and counted; two cookies let one replace the other")
    func cookies() throws {
        let (redis, directory) = (try RedisServer.start(), try TemporaryDirectory())
        let (old, new) = (String(repeating: "o", count: 32), String(repeating: "n", count: 32))
        func start(_ cookie: String) throws -> String {
            let started = try worker(redis, directory, ["--demo"], environment: ["ROOST_COOKIE": cookie])
            programs.append(started.program)
            return started.name
        }
        var programs: [RoostProgram] = []
        let one = try start("\(old),\(new)")
        let two = try start("\(new),\(old)")
        let stranger = try start(String(repeating: "x", count: 32))
        func mesh(_ name: String) throws -> JSONObject? {
            let reply = try roost(
                ["nodes", "call", name, "mesh", "--store", redis.url, "--cookie", new], in: directory)
            return reply.text.split(separator: "\n").first { $0.hasPrefix("{") }.flatMap {
                try? JSONScanner.parseObject(Array($0.utf8))
            }
        }
        _ = try eventually("the stranger to be refused") {
            let refused = try mesh(one)?["rejected"]?.object?["cookie"]?.int ?? 0
            return refused > 0 ? refused : nil
        }
        let connected = try #require(try mesh(one)?["connected"]).bytes
        let names = String(decoding: connected, as: UTF8.self)
        #expect(names.contains(two) && !names.contains(stranger), "\(names)")
        #expect(programs.allSatisfy { $0.isAlive })
    }

    @Test("with certificates members connect; one without them is refused and counted")
    func certificates() throws {
        let (redis, directory) = (try RedisServer.start(), try TemporaryDirectory())
        let files = directory.path
        try ChildProcess.run(
            "sh",
            [
                "-c",
                """
                cd \(files) && key='-pkeyopt ec_paramgen_curve:P-256 -nodes' &&
                openssl req -x509 -newkey ec $key -days 1 -subj /CN=authority -keyout ca.key -out ca.pem &&
                openssl req -newkey ec $key -subj /CN=member -keyout member.key -out member.csr &&
                openssl x509 -req -days 1 -in member.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out member.pem
                """,
            ])
        let tls = [
            "--mesh-cert", "\(files)/member.pem", "--mesh-key", "\(files)/member.key", "--mesh-ca", "\(files)/ca.pem",
        ]
        let (one, two) = (try worker(redis, directory, tls), try worker(redis, directory, tls))
        let bare = try worker(redis, directory)
        let store = ["--store", redis.url]
        _ = try eventually("the one without to be refused") {
            let reply = try roost(["nodes", "call", one.name, "mesh"] + store + tls, in: directory)
            return reply.text.contains(#""tls":"#) && reply.text.contains(two.name) ? true : nil
        }
        #expect(try roost(["nodes", "ping", bare.name] + store + tls, in: directory).status == 69)
        let half = try roost(["node", "--mesh-cert", "x"] + store, in: directory)
        #expect(half.status == 78 && half.text.contains("go together"), "\(half.text)")
        let none = try roost(["node"] + store + Array(tls.prefix(5)) + ["/nowhere"], in: directory)
        #expect(none.status == 78, "\(none.text)")
    }

    @Test("an idle worker starts a job that another process accepted at once, and what was paused when it is resumed")
    func wakes() throws {
        let (redis, directory) = (try RedisServer.start(), try TemporaryDirectory())
        let api = try RoostProgram(
            ["api", "--store", redis.url, "--port", "0", "--mesh-port", "0"], name: "api", in: directory.path)
        let node = try worker(redis, directory)
        let curl = Curl(base: try #require(try api.ready()["http"]))
        let seeds = SeedCommands(curl: curl)
        var (waits, resumes) = (Durations(), Durations())
        for turn in 0..<MeshChaos.repeats(short: 5) {
            // Its claim waits for up to five seconds: whoever polled would find the job after two and a half.
            usleep(useconds_t(200_000 + turn % 10 * 50_000))
            let id = try #require(try curl.post("/jobs", #"{"type":"noop","payload":{}}"#).string("job_id"))
            let job = try seeds.finished(id)
            waits.add(try #require(job.time("started_at")) - (try #require(job.time("inserted_at"))))
        }
        for _ in 0..<MeshChaos.repeats(short: 2, part: 4) {
            #expect(try curl.post("/queues/default/pause", "").status == 200)
            let id = try #require(try curl.post("/jobs", #"{"type":"noop","payload":{}}"#).string("job_id"))
            usleep(300_000)
            #expect(try curl.get("/jobs/\(id)").string("status") == "queued")
            let resumed = MeshCluster.now
            #expect(try curl.post("/queues/default/resume", "").status == 200)
            resumes.add(try #require(try seeds.finished(id).time("started_at")) - resumed)
        }
        FigureSheet.add("queued by one process, started by an idle other", waits)
        FigureSheet.add("queue resumed, its job started", resumes)
        #expect(waits.worst < MeshChaos.slack && resumes.worst < MeshChaos.slack)
        #expect(node.program.isAlive)
    }
}
