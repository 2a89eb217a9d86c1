import Glibc
import NIOHTTP1
import RoostJobs
import RoostProcessKit
import RoostRedis
import RoostTestKit

/// One API and two nodes on servers whose master is killed under load.
struct FailoverRun {
    let servers: ServerGroup
    let name: String
    /// What is appended to the store's URL.
    var options = ""
    /// Whether the killed server is back before anything can be acknowledged: where no replica is left to confirm.
    var needsFormer = false
    /// How often a master is killed; the one before is back by then.
    var kills = 1

    private var store: String { servers.url + options }

    func perform() async throws -> [FailoverFigures] {
        let directory = try TemporaryDirectory()
        let notebook = Notebook(path: "\(directory.path)/notebook")
        func start(_ role: String, _ number: Int, _ arguments: [String] = []) throws -> RoostProgram {
            try RoostProgram(
                [role, "--store", store, "--port", "0", "--mesh-port", "0", "--log-format", "json"] + arguments,
                name: "\(role)-\(number)", in: directory.path,
                environment: [
                    "ROOST_DEMO_RECORD": notebook.path, "ROOST_LEASE_SECONDS": "3",
                    "ROOST_COOKIE": "a cookie for the cluster that is under test",
                ])
        }
        let api = try start("api", 0)
        let nodes = try (0..<2).map { try start("node", $0, ["--demo", "--concurrency", "8"]) }
        guard let base = try await api.parts()?["http"] else { throw Surprise(api.printed) }
        for node in nodes where try await node.parts() == nil { throw Surprise(node.printed) }
        let client = JobClient(base: base)
        var rows: [FailoverFigures] = []
        do {
            for _ in 0..<kills {
                rows.append(try await failover(client, notebook, Set(nodes.map(\.process.pid))))
                rows[rows.count - 1].fsck = try fsck(directory.path)
            }
            await client.close()
        } catch {
            await client.close()
            throw error
        }
        for program in nodes + [api] {
            guard try program.stop() == 0 else { throw Surprise("did not end in order:\n\(program.printed)") }
        }
        return rows
    }

    private func failover(
        _ client: JobClient, _ notebook: Notebook, _ nodes: Set<Int32>
    ) async throws -> FailoverFigures {
        guard let former = try await servers.master() else { throw Surprise("there is no master") }
        var figures = FailoverFigures(servers: name)
        let load = FailoverLoad()
        async let loading: Void = load.run(client)
        // Everybody is at work before the kill.
        let begin = HistoryLog.now
        _ = try await runs(nodes, notebook, after: begin)
        try await wait("enough to lose") { load.accepted.count > 150 }
        try await wait("somebody to follow") {
            try await former.ask("INFO", "replication").text?.contains("state=online") ?? false
        }
        let killed = HistoryLog.now
        former.kill()
        let master = try await servers.promoted(after: former)
        let promoted = HistoryLog.now
        let known = try await beats(master)
        figures.promotion = Self.seconds(promoted - killed)
        if needsFormer { try former.restart() }
        figures.accepts = Self.seconds(try await load.firstAccepted(after: promoted) - promoted)
        figures.everyoneRuns = Self.seconds(try await runs(nodes, notebook, after: promoted) - promoted)
        try await wait("every member's heartbeat") {
            let now = try await beats(master)
            return now.count >= 3 && now.allSatisfy { member, expiry in known[member] != expiry }
        }
        figures.everyoneBeats = Self.seconds(HistoryLog.now - promoted)
        let health = try await client.request(.GET, "/health").object?["store"]?.object?["description"]?.string ?? ""
        guard health.contains("master 127.0.0.1:\(master.port), ") else { throw Surprise("not the master: \(health)") }
        load.end()
        await loading
        figures.accepted = load.accepted.count
        figures.unknown = load.unknown
        // A server that is back follows the new master.
        if !needsFormer { try former.restart() }
        try await settle(load, client, killed, &figures)
        return figures
    }

    /// Sorts out what became of each accepted job.
    private func settle(
        _ load: FailoverLoad, _ client: JobClient, _ killed: Moment, _ figures: inout FailoverFigures
    ) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        for (job, at) in load.accepted {
            while true {
                if let poll = await client.poll(job) {
                    guard let state = poll.state else {
                        figures.lost += 1
                        if at < killed - 1_000_000 { figures.lostLongBefore += 1 }
                        break
                    }
                    if state == .done { break }
                }
                guard ContinuousClock.now < deadline else {
                    figures.stuck += 1
                    break
                }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    /// When the last of the nodes has begun a job after that moment.
    private func runs(_ nodes: Set<Int32>, _ notebook: Notebook, after moment: Moment) async throws -> Moment {
        var last: Moment = moment
        try await wait("every node to run") {
            let first = try notebook.firstStarts(after: moment)
            last = first.values.max() ?? moment
            return nodes.isSubset(of: first.keys)
        }
        return last
    }

    /// When the last heartbeat of each member expires, as the ledger says.
    private func beats(_ master: RedisServer) async throws -> [String: Int64] {
        let words = try await master.ask("ZRANGE", "{roost}:m", "0", "-1", "WITHSCORES").elements ?? []
        var beats: [String: Int64] = [:]
        for place in stride(from: 0, to: words.count - 1, by: 2) {
            beats[words[place].text ?? ""] = words[place + 1].int
        }
        return beats
    }

    /// What a check of the store says; where it finds something, what a repair said and did.
    private func fsck(_ directory: String) throws -> String {
        func run(_ arguments: [String]) throws -> (isClean: Bool, text: String) {
            let check = try RoostProgram(["fsck", "--store", store] + arguments, name: "fsck", in: directory)
            let status = check.process.wait(milliseconds: 60_000)
            return (status == 0, check.printed.split(separator: "\n").joined(separator: "; "))
        }
        let first = try run([])
        if first.isClean { return first.text }
        let repair = try run(["--repair"])
        let second = try run([])
        return second.isClean ? "repaired: \(repair.text)" : "not clean: \(first.text); \(second.text)"
    }

    private static func seconds(_ microseconds: Moment) -> Double { Double(microseconds) / 1_000_000 }

    private func wait(_ what: String, _ condition: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while try await !condition() {
            guard ContinuousClock.now < deadline else { throw Surprise("waited for \(what)") }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
