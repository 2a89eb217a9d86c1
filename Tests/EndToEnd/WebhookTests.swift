import FoundationEssentials
import Glibc
import RoostProcessKit
import RoostTestKit
import Testing

/// Webhooks as their users meet them: the real program, the guide's receiver.
@Suite(.serialized) struct WebhookTests {
    private static let ports = ["--port", "0", "--mesh-port", "0", "--console-port", "0"]

    /// Runs a client verb to its end.
    private func roost(
        _ arguments: [String], _ curl: Curl, _ directory: TemporaryDirectory
    ) throws -> (status: Int32, text: String) {
        let program = try RoostProgram(
            arguments, name: "verb", in: directory.path, environment: ["ROOST_API": curl.base])
        let status = try #require(program.process.wait(milliseconds: 40_000))
        return ((status >> 8) & 0xFF, program.printed)
    }

    private func submit(_ curl: Curl, _ members: String) throws -> String {
        try #require(try curl.post("/jobs", "{\(members)}").string("job_id"))
    }

    @Test(
        "on SQLite every end is told, across a restart of either side, and everything can be looked at and sent again")
    func sqlite() throws {
        let directory = try TemporaryDirectory()
        func up() throws -> (RoostProgram, Curl) {
            let program = try RoostProgram(
                ["up", "--demo", "--webhook-allow-private", "--store", "sqlite:\(directory.path)/roost.db"]
                    + Self.ports,
                name: "up", in: directory.path, environment: ["ROOST_LEASE_SECONDS": "2"])
            return (program, Curl(base: try program.ready()["http"] ?? ""))
        }
        let port = try FreePort.one()
        var (program, curl) = try up()
        let made = try roost(["webhook", "add", "http://127.0.0.1:\(port)/in", "--json"], curl, directory)
        let fields = made.text.split(separator: "\"").map(String.init)
        let secret = try #require(fields.first { $0.hasPrefix("whsec_") }, "\(made.text)")
        let hook = try #require(fields.first { $0.utf8.count == 26 && $0.hasPrefix("01") }, "\(made.text)")

        // Nobody listens yet.
        let early = try submit(curl, #""type":"echo","payload":{"a":1}"#)
        try eventually("a first attempt") {
            try curl.get("/webhooks/\(hook)/deliveries").body.contains(early) ? true : nil
        }
        program.process.signal(SIGKILL)
        _ = program.process.wait(milliseconds: 5000)
        let receiver = try HookReceiver(directory, secret: secret, port: port)
        (program, curl) = try up()
        let failed = try submit(curl, #""type":"fail","payload":{"message":"no"},"max_attempts":1"#)
        try eventually("both ends to be told", seconds: 60) {
            let lines = receiver.lines
            return lines.contains { $0.job == early && $0.event == "job.done" }
                && lines.contains { $0.job == failed && $0.event == "job.failed" } ? true : nil
        }
        let test = try roost(["webhook", "test", hook], curl, directory)
        #expect(test.status == 0 && test.text.contains("webhook.test"), "\(test.text)")
        let first = try #require(receiver.lines.first { $0.job == failed })
        let again = try roost(["webhook", "redeliver", hook, String(first.message.dropFirst(4))], curl, directory)
        #expect(again.status == 0, "\(again.text)")
        try eventually("it is sent again") {
            receiver.lines.filter { $0.message == first.message }.count == 2 ? true : nil
        }
        let log = try roost(["webhook", "deliveries", hook], curl, directory)
        #expect(log.text.contains(early) && log.text.contains("204"), "\(log.text)")
        #expect(try roost(["webhook", "list"], curl, directory).text.contains(hook))
        #expect(try !roost(["webhook", "get", hook, "--json"], curl, directory).text.contains("whsec_"))
        #expect(try roost(["webhook", "rm", hook], curl, directory).status == 0)
        #expect(try roost(["webhook", "get", hook], curl, directory).status == 66)
        #expect(try program.stop() == 0)
    }

    @Test("on Redis an API node that dies with deliveries in its hands loses none of them")
    func redis() throws {
        let directory = try TemporaryDirectory()
        let redis = try RedisServer.start()
        func start(_ role: String, _ more: [String]) throws -> RoostProgram {
            try RoostProgram(
                [role, "--store", redis.url] + Self.ports + more, name: role, in: directory.path,
                environment: ["ROOST_LEASE_SECONDS": "3"])
        }
        let apis = try (0..<2).map { _ in try start("api", ["--webhook-allow-private"]) }
        let node = try start("node", ["--demo"])
        let curls = try apis.map { Curl(base: try $0.ready()["http"] ?? "") }
        _ = try node.ready()
        let port = try FreePort.one()
        let made = try curls[1].post("/webhooks", #"{"url":"http://127.0.0.1:\#(port)/in","types":["noop"]}"#)
        let secret = try #require(made.string("secret"), "\(made.body)")
        // It has a delivery and holds its answer: whoever dies meanwhile does not know that it arrived.
        let receiver = try HookReceiver(directory, secret: secret, port: port, answer: "time.sleep(1.5)")
        var ids: Set<String> = []
        for number in 0..<60 { ids.insert(try submit(curls[number % 2], #""type":"noop","payload":{}"#)) }
        try eventually("deliveries to be on their way") { receiver.lines.count >= 12 ? true : nil }
        apis[0].process.signal(SIGKILL)
        _ = apis[0].process.wait(milliseconds: 5000)
        try eventually("every end to be told", seconds: 60) {
            Set(receiver.lines.map(\.job)) == ids ? true : nil
        }
        // Told at least once, under one name each, and not to be told again.
        try eventually("the deliveries to be done", seconds: 60) {
            let jobs = JobView.list(try curls[1].get("/jobs?type=roost.webhook&per_page=200").body)
            return jobs.count == 60 && jobs.allSatisfy { $0.status == "done" } ? true : nil
        }
        var names: [String: Set<String>] = [:]
        for line in receiver.lines { names[line.job, default: []].insert(line.message) }
        #expect(names.count == 60 && names.values.allSatisfy { $0.count == 1 })
        #expect(try apis[1].stop() == 0)
        #expect(try node.stop() == 0)
    }

    @Test("without being allowed to, no webhook leads into this machine")
    func refused() throws {
        let directory = try TemporaryDirectory()
        let program = try RoostProgram(
            ["up", "--store", "memory:"] + Self.ports, name: "up", in: directory.path)
        let curl = Curl(base: try program.ready()["http"] ?? "")
        for url in ["http://127.0.0.1:9/", "https://127.0.0.1:9/", "https://169.254.169.254/", "https://[::1]/"] {
            #expect(try curl.post("/webhooks", "{\"url\":\"\(url)\"}").status == 422)
        }
        #expect(try roost(["webhook", "add", "https://0x7f.1/"], curl, directory).status == 65)
        // What only the resolver knows is found out when a delivery is made.
        let made = try curl.post("/webhooks", #"{"url":"https://localhost.localdomain:9/"}"#)
        if let hook = made.string("id") {
            #expect(try roost(["webhook", "test", hook], curl, directory).status == 1)
        }
        #expect(try program.stop() == 0)
    }
}
