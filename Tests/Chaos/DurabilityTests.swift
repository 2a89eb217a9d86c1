import NIOHTTP1
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

    @Test("a process on SQLite that is killed in mid-write has every acknowledged job when it is back")
    func sqlite() async throws {
        let directory = try TemporaryDirectory()
        let run = MidWriteRun(kills: ChaosOptions.writeKills, newest: 40)
        let outcome = try await run.perform(on: "sqlite:\(directory.path)/roost.db")
        show("SQLite", outcome.acknowledged, outcome.lost.count, isMet: outcome.lost.isEmpty)
        #expect(outcome.lost.isEmpty)
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
            ChaosReport.progress("Redis, \(policy)", round, writers.receipts.count, lost.count)
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
