import Glibc
import RoostProcessKit
import RoostTestKit
import Testing

/// `roost sysmon --api`: the terminal beside a `roost up` on SQLite, which no second process may open.
@Suite(.serialized) struct SysmonRemoteTests {
    private let directory: TemporaryDirectory
    private let up: RoostProgram
    private let parts: [String: String]
    private var curl: Curl { Curl(base: parts["http"] ?? "") }
    private var member: String { parts["member"] ?? "?" }

    init() throws {
        directory = try TemporaryDirectory()
        let ports = ["--port", "0", "--mesh-port", "0", "--console-port", "0"]
        up = try RoostProgram(
            ["up", "--demo", "--store", "sqlite:\(directory.path)/roost.db"] + ports, name: "up", in: directory.path)
        parts = try up.ready()
    }

    private func roost(
        _ arguments: [String], _ environment: [String: String] = [:]
    ) throws -> (status: Int32, text: String) {
        let program = try RoostProgram(arguments, name: arguments[0], in: directory.path, environment: environment)
        let status = try #require(program.process.wait(milliseconds: 30_000), "\(arguments)")
        return ((status >> 8) & 0xFF, program.printed)
    }

    @Test(
        "a job is seen running and done, live; queues, cron and the store are shown, and keys act",
        .enabled(if: Tmux.isInstalled, "tmux is not installed"))
    func live() throws {
        let tmux = try Tmux(
            ["sysmon", "--rw"], columns: 140, rows: 30, environment: ["ROOST_API": curl.base], in: directory.path)
        let first = try tmux.shows(member)
        #expect(first[0].contains("READ-WRITE"))
        try tmux.type("3")
        try tmux.shows("no jobs")
        let id = try #require(
            try curl.post("/jobs", #"{"type":"sleep","payload":{"seconds":3}}"#).string("job_id"))
        func shows(_ state: String) throws {
            _ = try eventually("the job to be shown as \(state)") {
                try tmux.screen().contains { $0.contains(id) && $0.contains(state) } ? true : nil
            }
        }
        try shows("▶ running")
        try shows("● done")
        try tmux.type("Enter")
        try tmux.shows(#"{"seconds":3}"#)
        try tmux.type("q", "2")
        try tmux.shows("active")
        try tmux.type("P", "y")
        try tmux.shows("queue default is paused")
        try tmux.shows("‖ paused")
        let cron = try curl.run([
            "-s", "-X", "PUT", curl.base + "/cron/nightly", "-d",
            #"{"schedule":"0 3 * * *","job":{"type":"noop","payload":{}}}"#,
        ])
        #expect(cron.status == 201, "\(cron.body)")
        try tmux.type("5")
        try tmux.shows("nightly")
        try tmux.type("P", "y")
        try tmux.shows("periodic job nightly is paused")
        try tmux.type("R", "y")
        try tmux.shows("is accepted")
        try tmux.type("7")
        try tmux.shows("sqlite:")
        let audit = try curl.get("/audit").body
        for action in ["pauseQueue", "pauseCron", "runCron"] { #expect(audit.contains(action)) }
        try tmux.type("1", "D", "y")
        try tmux.shows("claims no more jobs")
        try tmux.shows("draining")
        up.process.signal(SIGKILL)
        try tmux.shows("stale since")
        try tmux.type("q")
        try tmux.shows("ended with 0")
    }

    @Test("--once --json is one snapshot; who does not answer or refuses is told with a status")
    func once() throws {
        let shown = try roost(["sysmon", "--once", "--json", "--api", curl.base])
        #expect(shown.status == 0 && shown.text.contains(#""name":"\#(member)""#), "\(shown)")
        let table = try roost(["sysmon", "--once", "--api", curl.base])
        #expect(table.status == 0 && table.text.contains(member), "\(table)")
        let nobody = try roost(["sysmon", "--once", "--api", "http://127.0.0.1:1"])
        #expect(nobody.status == 69 && nobody.text.contains("does not answer"), "\(nobody)")
    }
}
