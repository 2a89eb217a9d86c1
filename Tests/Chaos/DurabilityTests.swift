import FoundationEssentials
import Glibc
import NIOHTTP1
import RoostJobs
import RoostProcessKit
import RoostTestKit
import Testing

/// What was acknowledged is there, whatever process was killed in mid-write.
@Suite(.serialized) struct DurabilityTests {
    private func show(
        _ store: String, _ known: Int, _ missing: Int, goal: String = "0 missing", isMet: Bool, more: String = "",
        window: Double = 0
    ) {
        let kills = ChaosOptions.writeKills
        FigureSheet.add(
            "\(store), SIGKILL in mid-write, \(kills) times", "\(known) acknowledged, \(missing) missing\(more)",
            goal: goal, isMet: isMet,
            values: [
                "kills": .count(kills), "acknowledged": .count(known), "missing": .count(missing),
                "window": .number(window),
            ])
    }

    private func report(_ store: String, _ round: Int, _ writers: Writers, _ lost: Set<String>) {
        guard round > 0, round % 20 == 0 else { return }
        ChaosReport.print(
            "\(store): \(round) kills, \(writers.receipts.count) acknowledged, \(lost.count) missing")
    }

    @Test("a process on SQLite that is killed in mid-write has every acknowledged job when it is back")
    func sqlite() async throws {
        let directory = try TemporaryDirectory()
        let store = "sqlite:\(directory.path)/roost.db"
        let writers = Writers()
        var generator = SeededGenerator(seed: ChaosOptions.seed)
        var lost: Set<String> = []
        for round in 0...ChaosOptions.writeKills {
            let program = try RoostProgram(
                ["up", "--store", store, "--port", "0", "--mesh-port", "0", "--console-port", "0"], name: "up",
                in: directory.path)
            guard let base = try await program.parts()?["http"] else { throw Surprise(program.printed) }
            let client = JobClient(base: base)
            let known = writers.receipts
            // At the end all, after each kill the newest.
            let asked = round == ChaosOptions.writeKills ? known : known.suffix(40)
            lost.formUnion(try await Writers.missing(asked, client).map(\.job))
            if round < ChaosOptions.writeKills {
                async let writing: Void = writers.write(to: client, round: round)
                try await writers.grow(by: Int.random(in: 5...60, using: &generator), from: known.count)
                program.process.signal(SIGKILL)
                writers.stop()
                await writing
                _ = program.process.wait(milliseconds: 5000)
            } else {
                #expect(try program.stop() == 0)
            }
            await client.close()
            report("SQLite", round, writers, lost)
        }
        show("SQLite", writers.receipts.count, lost.count, isMet: lost.isEmpty)
        #expect(lost.isEmpty)
        let check = try RoostProgram(["fsck", "--store", store], name: "fsck", in: directory.path)
        let status = check.process.wait(milliseconds: 60_000)
        #expect(status == 0 && check.printed.contains("all fits"), "\(check.printed)")
    }

    @Test(
        "a Redis that syncs each write and is killed in mid-write has every acknowledged job when it is back",
        arguments: ChaosOptions.isFull ? ["always", "everysec"] : ["always"])
    func redis(policy: String) async throws {
        let directory = try TemporaryDirectory()
        let redis = try RedisServer.start(arguments: ["--appendonly", "yes", "--appendfsync", policy])
        let program = try RoostProgram(
            ["api", "--store", redis.url, "--port", "0", "--mesh-port", "0"], name: "api", in: directory.path)
        guard let base = try await program.parts()?["http"] else { throw Surprise(program.printed) }
        let client = JobClient(base: base)
        let writers = Writers()
        var generator = SeededGenerator(seed: ChaosOptions.seed)
        var lost: Set<String> = []
        /// How long before its kill the oldest of the lost jobs was acknowledged.
        var windows = Durations()
        for round in 0..<ChaosOptions.writeKills {
            let known = writers.receipts.count
            async let writing: Void = writers.write(to: client, round: round)
            try await writers.grow(by: Int.random(in: 5...60, using: &generator), from: known)
            let killed = HistoryLog.now
            redis.kill()
            writers.stop()
            await writing
            try redis.restart()
            _ = try await client.insist(.GET, "/stats")
            let gone = try await Writers.missing(writers.receipts[known...], client)
            if let oldest = gone.map(\.at).min() { windows.add(max(0, Double(killed - oldest) / 1_000_000)) }
            lost.formUnion(gone.map(\.job))
            report("Redis, \(policy)", round, writers, lost)
        }
        let late = try await Writers.missing(writers.receipts.filter { !lost.contains($0.job) }, client)
        #expect(late.isEmpty)
        await client.close()
        // While a sync is under way, everysec holds back what it acknowledged, in the memory of the process.
        let isStrict = policy == "always"
        show(
            "Redis, \(policy)", writers.receipts.count, lost.count,
            goal: isStrict ? "0 missing" : "the last 2 s at most",
            isMet: isStrict ? lost.isEmpty : windows.count == 0 || windows.largest < 2,
            more: windows.count == 0 ? "" : "; in \(windows.count) kills, acknowledged before them by \(windows)",
            window: windows.count == 0 ? 0 : windows.largest)
        if isStrict { #expect(lost.isEmpty) }
        #expect(try program.stop() == 0)
    }
}
