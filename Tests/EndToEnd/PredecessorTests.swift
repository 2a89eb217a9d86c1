import Glibc
import RoostProcessKit
import RoostTestKit
import Testing

/// A supervisor that starts a killed process again at once is quicker than anybody who could notice its death.
@Suite(.serialized) struct PredecessorTests {
    @Test(
        "what ran in a process that is killed and started again at once runs again long before its lease ends",
        arguments: Arena.Kind.allCases)
    func restart(_ kind: Arena.Kind) throws {
        let directory = try TemporaryDirectory()
        let redis = kind == .cluster ? try RedisServer.start() : nil
        let meshPort = try FreePort.one()
        func start() throws -> (program: RoostProgram, api: String) {
            let program = try RoostProgram(
                [
                    "up", "--demo", "--store", redis?.url ?? "sqlite:\(directory.path)/roost.db", "--port", "0",
                    "--console-port", "0", "--mesh-port", "\(meshPort)",
                ], name: "up", in: directory.path, environment: ["ROOST_LEASE_SECONDS": "120"])
            return (program, try #require(try program.ready()["http"]))
        }
        let first = try start()
        let job = try #require(
            try Curl(base: first.api).post("/jobs", #"{"type":"sleep","payload":{"seconds":2}}"#).string("job_id"))
        try eventually("the job to run") {
            try Curl(base: first.api).get("/jobs/\(job)").string("status") == "running" ? true : nil
        }
        first.program.process.signal(SIGKILL)
        _ = first.program.process.wait(milliseconds: 5000)
        let second = try start()
        let done = try eventually("the job to be done", seconds: 40) { () -> Curl.Reply? in
            let reply = try Curl(base: second.api).get("/jobs/\(job)")
            return reply.string("status") == "done" ? reply : nil
        }
        #expect(done.int("attempt") == 2 && done.int("crashes") == 1, "\(done.body)")
        #expect(try second.program.stop() == 0)
    }
}
