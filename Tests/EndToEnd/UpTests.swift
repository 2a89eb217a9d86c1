import FoundationEssentials
import Glibc
import RoostProcessKit
import RoostTestKit
import Testing

/// `roost up`: everything in one process on one SQLite file.
@Suite(.serialized) struct UpTests {
    private func up(_ directory: TemporaryDirectory, _ more: [String] = []) throws -> (RoostProgram, Curl, String) {
        let ports = ["--port", "0", "--mesh-port", "0", "--console-port", "0"]
        let program = try RoostProgram(
            ["up", "--demo", "--store", "sqlite:\(directory.path)/roost.db"] + ports + more, name: "up",
            in: directory.path, environment: ["ROOST_DEMO_WORK_SECONDS": "0.1"])
        let parts = try program.ready()
        return (program, Curl(base: parts["http"] ?? ""), parts["console"] ?? "")
    }

    @Test("the documents' commands work on one process with SQLite")
    func documents() throws {
        let directory = try TemporaryDirectory()
        let (program, curl, console) = try up(directory)
        let seeds = SeedCommands(curl: curl)
        try seeds.pages()
        try seeds.jobs()
        try seeds.refusals()
        try seeds.schedule()
        #expect(try seeds.work("foo").hasPrefix("api@127.0.0.1:"))
        #expect(try Curl(base: console).get("/").body.contains("<html"))
        #expect(try program.stop() == 0)
    }

    @Test("after kill -9 and a restart every accepted job is there and ends")
    func crash() throws {
        let directory = try TemporaryDirectory()
        let (program, curl, _) = try up(directory)
        let ids = try (0..<60).map { n in
            // Some run, some wait, some are for later when the process dies.
            let more = [#","delay":1"#, #","type":"sleep""#, ""][n % 3]
            let reply = try curl.post("/jobs", #"{"payload":{"seconds":1,"n":\#(n)}\#(more)}"#)
            #expect(reply.status == 202)
            return try #require(reply.string("job_id"))
        }
        program.process.signal(SIGKILL)
        _ = program.process.wait(milliseconds: 5000)
        let (second, again, _) = try up(directory)
        defer { second.process.signal(SIGKILL) }
        for id in ids {
            let job = try SeedCommands(curl: again).finished(id, seconds: 60)
            #expect(job.string("status") == "done", "\(job.body)")
        }
    }

    @Test("a second process on the same file is refused with the owner's name")
    func secondProcess() throws {
        let directory = try TemporaryDirectory()
        let (program, _, _) = try up(directory)
        defer { program.process.signal(SIGKILL) }
        let ports = ["--port", "0", "--mesh-port", "0", "--console-port", "0"]
        let second = try RoostProgram(
            ["up", "--store", "sqlite:\(directory.path)/roost.db"] + ports, name: "second", in: directory.path)
        let status = try #require(second.process.wait(milliseconds: 20_000))
        #expect((status >> 8) & 0xFF == 78)
        #expect(second.printed.contains("\(program.process.pid)"), "\(second.printed)")
    }

    @Test("the client verbs speak to a running API")
    func verbs() throws {
        let directory = try TemporaryDirectory()
        let (server, curl, _) = try up(directory)
        defer { server.process.signal(SIGKILL) }
        func roost(_ arguments: [String]) throws -> (status: Int32, text: String) {
            let program = try RoostProgram(
                arguments, name: arguments[0], in: directory.path, environment: ["ROOST_API": curl.base])
            let status = try #require(program.process.wait(milliseconds: 30_000))
            return ((status >> 8) & 0xFF, program.printed)
        }
        let echo = try roost(["enqueue", "echo", #"{"hello":"world"}"#, "--wait"])
        #expect(echo.status == 0 && echo.text.contains(#"{"hello":"world"}"#), "\(echo.text)")
        let id = String(try roost(["enqueue", "noop"]).text.prefix(26))
        let watch = try roost(["job", "watch", id])
        #expect(watch.status == 0, "\(watch.text)")
        #expect(try roost(["job", "get", id, "--json"]).text.contains("\"status\":\"done\""))
        #expect(try roost(["job", "list"]).text.contains(id))
        #expect(try roost(["nodes"]).text.contains("roost@127.0.0.1:"))
        #expect(try roost(["health"]).status == 0)
        #expect(try roost(["version"]).text.hasPrefix("roost "))
        #expect(try roost(["job", "get", "01ARZ3NDEKTSV4RRFFQ69G5FAV"]).status == 66)
        #expect(try roost(["enqueue", "fail", #"{"message":"no"}"#, "--max-attempts", "1", "--wait"]).status == 1)
        #expect(try roost(["health", "--api", "http://127.0.0.1:1"]).status == 69)
    }

    @Test("nothing listens off loopback without credentials unless told to")
    func exposure() throws {
        let directory = try TemporaryDirectory()
        for role in ["up", "api", "node", "sysmon"] {
            let program = try RoostProgram(
                [
                    role, "--store", "memory:", "--host", "0.0.0.0", "--port", "0", "--mesh-port", "0",
                    "--console-port", "0",
                ],
                name: role, in: directory.path)
            let status = try #require(program.process.wait(milliseconds: 20_000))
            #expect((status >> 8) & 0xFF == 78, "\(role): \(program.printed)")
            #expect(program.printed.contains("--insecure"))
        }
    }
}
