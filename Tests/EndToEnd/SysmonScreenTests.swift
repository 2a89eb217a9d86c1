import FoundationEssentials
import Glibc
import RoostProcessKit
import RoostTestKit
import Testing

/// Where there is no tmux, these say so and do nothing.
private let hasTmux: ConditionTrait = .enabled(if: Tmux.isInstalled, "tmux is not installed")

/// `roost sysmon` on a real terminal, beside a real `roost up` and Redis.
@Suite(.serialized, hasTmux) struct SysmonScreenTests {
    /// A cluster of one, and a terminal that watches it.
    private final class Watch: Sendable {
        let directory: TemporaryDirectory
        let redis: RedisServer
        let up: RoostProgram
        let curl: Curl
        let member: String

        init() throws {
            directory = try TemporaryDirectory()
            redis = try RedisServer.start(arguments: ["--appendonly", "yes", "--appendfsync", "always"])
            let ports = ["--port", "0", "--mesh-port", "0", "--console-port", "0"]
            up = try RoostProgram(
                ["up", "--demo", "--concurrency", "4", "--store", redis.url] + ports, name: "up", in: directory.path)
            let parts = try up.ready()
            curl = Curl(base: parts["http"] ?? "")
            member = parts["member"] ?? "?"
        }

        func screen(
            _ more: [String] = [], columns: Int = 100, rows: Int = 30, environment: [String: String] = [:]
        ) throws -> Tmux {
            let ports = ["--mesh-port", "0", "--console-port", "0"]
            return try Tmux(
                ["sysmon", "--store", redis.url] + ports + more, columns: columns, rows: rows,
                environment: environment, in: directory.path)
        }

        func enqueue(_ body: String) throws -> String {
            try #require(try curl.post("/jobs", body).string("job_id"))
        }

        func isStatus(_ status: String, of id: String) throws {
            _ = try eventually("job \(id) to be \(status)") {
                try self.curl.get("/jobs/\(id)").string("status") == status ? true : nil
            }
        }
    }

    /// The process of the screen: the newest that has our Redis on its command line.
    private func screenProcess(_ watch: Watch) throws -> Int32 {
        try eventually("the process") {
            let all = try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }
            return all.sorted().last { pid in
                guard let data = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") else { return false }
                let words = data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
                return words.first == RoostProgram.path && words.contains("sysmon") && words.contains(watch.redis.url)
            }
        }
    }

    @Test("tabs, a job's page, a filter, freeze and help, at 100 columns; q leaves the terminal as it was")
    func looking() throws {
        let watch = try Watch()
        defer { withExtendedLifetime(watch) {} }
        let dead = try watch.enqueue(#"{"type":"fail","payload":{"message":"no such file"},"max_attempts":1}"#)
        let later = try watch.enqueue(#"{"type":"echo","payload":{"width":320},"queue":"media","delay":600}"#)
        try watch.isStatus("failed", of: dead)
        let tmux = try watch.screen()
        let first = try tmux.shows(watch.member)
        #expect(first.count == 30 && first[0].contains("READ-ONLY"))
        #expect(try tmux.state("alternate_on") == "1" && tmux.state("cursor_flag") == "0")
        try tmux.type("2")
        try tmux.shows("media")
        try tmux.type("3")
        try tmux.shows(later)
        try tmux.type("/", "type:echo", "Enter")
        try tmux.loses(dead)
        try tmux.type("Enter")
        try tmux.shows("Why it does not run")
        try tmux.shows("{\"width\":320}")
        try tmux.type("q", "4")
        try tmux.shows("no such file")
        try tmux.type("R")
        try tmux.shows("read-only: start with --rw")
        try tmux.type("5")
        try tmux.shows("no periodic jobs")
        try tmux.type("6")
        try tmux.shows("sysmon started")
        try tmux.type("7")
        try tmux.shows("appendfsync always")
        try tmux.type("Space")
        try tmux.shows("FROZEN")
        try tmux.type("Space", "?")
        try tmux.shows("pause or resume the marked queue")
        try tmux.type("q", "q")
        try tmux.shows("ended with 0")
        #expect(try tmux.state("alternate_on") == "0" && tmux.state("cursor_flag") == "1")
    }

    @Test("with --rw a queue is paused, a job cancelled, a dead letter replayed and deleted, each after y")
    func acting() throws {
        let watch = try Watch()
        defer { withExtendedLifetime(watch) {} }
        let dead = try watch.enqueue(#"{"type":"fail","payload":{"message":"boom"},"max_attempts":1}"#)
        try watch.isStatus("failed", of: dead)
        let tmux = try watch.screen(["--rw"])
        try tmux.shows("READ-WRITE")
        try tmux.type("2")
        try tmux.shows("active")
        try tmux.type("P")
        try tmux.shows("Pause queue default")
        try tmux.type("n")
        try tmux.shows("not done")
        try tmux.type("P", "y")
        try tmux.shows("queue default is paused")
        try tmux.shows("‖ paused")
        let stuck = try watch.enqueue(#"{"type":"sleep","payload":{"seconds":60}}"#)
        try tmux.type("3")
        try tmux.shows(stuck)
        try tmux.type("Enter")
        try tmux.shows("queue default is paused")
        try tmux.type("q", "2")
        try tmux.shows("‖ paused")
        try tmux.type("P", "y")
        try tmux.shows("queue default is resumed")
        try watch.isStatus("running", of: stuck)
        try tmux.type("3")
        try tmux.shows(stuck)
        try tmux.type("Home", "C")
        try tmux.shows("Cancel job \(stuck)")
        try tmux.type("y")
        try watch.isStatus("cancelled", of: stuck)
        try tmux.type("4")
        // Jobs shows it too: what comes after this is of this tab.
        try tmux.shows("[4 Dead")
        try tmux.shows("boom")
        try tmux.type("R")
        try tmux.shows("Replay job \(dead)")
        try tmux.type("y")
        try tmux.shows("is queued again")
        _ = try eventually("another attempt") { try watch.curl.get("/jobs/\(dead)").int("attempt") == 2 ? true : nil }
        try watch.isStatus("failed", of: dead)
        try tmux.shows("2/1")
        try tmux.type("D", "y")
        try tmux.shows("no dead letters")
        #expect(try watch.curl.get("/jobs/\(dead)").status == 404)
    }

    @Test("it fits 80 × 24, 200 × 50 and 40 × 12, one after the other")
    func sizes() throws {
        let watch = try Watch()
        defer { withExtendedLifetime(watch) {} }
        let tmux = try watch.screen(columns: 80, rows: 24)
        try tmux.shows("[1 Nodes")
        for (columns, rows) in [(200, 50), (40, 12), (80, 24)] {
            try tmux.resize(columns: columns, rows: rows)
            _ = try eventually("the last line of \(columns) x \(rows)") {
                let lines = try tmux.screen()
                let isWhole =
                    lines.count == rows && lines[0].hasPrefix(" roost") && (lines.last ?? "").contains("q quit")
                // Once each: nothing of the size before is left.
                let marks = lines.count { $0.contains("[1 Nodes") } + lines.count { $0.contains("q quit") }
                return isWhole && marks == 2 ? true : nil
            }
        }
    }

    @Test("without colours and in ASCII it is the same screen; a dumb terminal gets plain lines")
    func modes() throws {
        let watch = try Watch()
        defer { withExtendedLifetime(watch) {} }
        do {
            let tmux = try watch.screen(["--ascii"], environment: ["NO_COLOR": "1"])
            try tmux.shows("> ")
            let lines = try tmux.shows("+ up")
            #expect(lines.allSatisfy { $0.utf8.allSatisfy { $0 < 0x7F } })
            #expect(try !tmux.styled().contains("\u{1b}["))
        }
        let dumb = try watch.screen(environment: ["TERM": "dumb"])
        try dumb.shows("nodes=")
        #expect(try dumb.state("alternate_on") == "0")
    }

    @Test("while Redis is away the numbers are called stale and keys work; when it is back they are fresh")
    func away() throws {
        let watch = try Watch()
        defer { withExtendedLifetime(watch) {} }
        let tmux = try watch.screen()
        try tmux.shows(watch.member)
        watch.redis.stop()
        try tmux.shows("stale since")
        try tmux.type("3")
        try tmux.shows("[3 Jobs")
        try tmux.type("1")
        try tmux.shows(watch.member)
        try watch.redis.restart()
        try tmux.loses("stale since")
        try tmux.type("6")
        try tmux.shows("store back")
        try tmux.type("q")
        try tmux.shows("ended with 0")
    }

    @Test("a node that is killed is shown as lost", .timeLimit(.minutes(3)))
    func lost() throws {
        let watch = try Watch()
        defer { withExtendedLifetime(watch) {} }
        let tmux = try watch.screen()
        try tmux.shows(watch.member)
        watch.up.process.signal(SIGKILL)
        let lines = try eventually("the node to be lost", seconds: 90) {
            let lines = try tmux.screen()
            return lines.contains { $0.contains(watch.member) && $0.contains("LOST") } ? lines : nil
        }
        #expect(lines.contains { $0.contains("1 LOST") })
    }

    @Test("SIGTERM, a crash and an abort leave the terminal as it was", arguments: [SIGTERM, SIGSEGV, SIGABRT])
    func dying(signal: Int32) throws {
        let watch = try Watch()
        defer { withExtendedLifetime(watch) {} }
        let tmux = try watch.screen()
        try tmux.shows(watch.member)
        kill(try screenProcess(watch), signal)
        try tmux.shows("ended with \(signal == SIGTERM ? 0 : 128 + signal)")
        #expect(try tmux.state("alternate_on") == "0" && tmux.state("cursor_flag") == "1")
        #expect(try tmux.state("wrap_flag") == "1")
        // Its own modes are back too: what is typed is echoed.
        try tmux.type("echoed")
        try tmux.shows("echoed")
    }
}
