import Glibc
import NIOHTTP1
import RoostProcessKit
import RoostTestKit
import Testing

/// What is left of acknowledged jobs when everything that was not synced is gone, as after a power cut.
@Suite(.serialized, .enabled(if: PowerCut.obstacle == nil, "\(PowerCut.obstacle ?? "")"))
struct PowerCutTests {
    @Test("a power cut takes no acknowledged job from SQLite, whichever of the unsynced writes reached the disk")
    func sqlite() async throws {
        let power = try PowerCut()
        let run = MidWriteRun(kills: ChaosOptions.powerCuts, newest: 60, environment: power.environment)
        var undone = 0
        let outcome = try await run.perform(on: "sqlite:\(power.disk)/roost.db") { round, generator in
            // None, some and most of the unsynced writes survive.
            let share = round % 3
            undone += try power.cut { Int.random(in: 0..<3, using: &generator) < share }
        }
        let lost = outcome.lost
        show("SQLite", outcome.acknowledged, lost.count, undone, goal: "0 missing", isMet: lost.isEmpty)
        #expect(lost.isEmpty)
    }

    @Test(
        "a power cut takes no acknowledged job from a Redis that syncs always, and the last moments' from everysec",
        .enabled(if: ChaosOptions.isFull, "only in make chaos"), arguments: ["always", "everysec"])
    func redis(policy: String) async throws {
        let power = try PowerCut()
        let directory = try TemporaryDirectory()
        let port = try FreePort.one()
        func start() throws -> ChildProcess {
            try ChildProcess.start(
                "env",
                power.environment.map { "\($0.key)=\($0.value)" } + ["redis-server", "--port", "\(port)"]
                    + ["--bind", "127.0.0.1", "--dir", power.disk, "--save", "", "--appendonly", "yes"]
                    + ["--appendfsync", policy], output: "\(directory.path)/redis.log")
        }
        var redis = try start()
        defer {
            redis.signal(SIGKILL)
            _ = redis.wait(milliseconds: 5000)
        }
        let program = try RoostProgram(
            ["api", "--store", "redis://127.0.0.1:\(port)", "--port", "0", "--mesh-port", "0"], name: "api",
            in: directory.path)
        guard let base = try await program.parts()?["http"] else { throw Surprise(program.printed) }
        let client = JobClient(base: base)
        let writers = Writers()
        var generator = SeededGenerator(seed: ChaosOptions.seed)
        var (total, lost, undone) = (0, 0, 0)
        /// How long before the cut the oldest of the lost jobs was acknowledged.
        var windows = Durations()
        for round in 0..<ChaosOptions.powerCuts {
            _ = try await client.insist(.GET, "/stats")
            let known = writers.receipts.count
            // Slowly: each of them is asked for afterwards.
            async let writing: Void = writers.write(to: client, round: round, pause: .milliseconds(20))
            try await writers.grow(by: 1, from: known)
            // Anywhere between two syncs of everysec.
            try await Task.sleep(for: .milliseconds(Int.random(in: 100...2500, using: &generator)))
            redis.signal(SIGKILL)
            let cut = HistoryLog.now
            writers.stop()
            await writing
            _ = redis.wait(milliseconds: 5000)
            undone += try power.cut()
            redis = try start()
            guard try await client.insist(.GET, "/stats") != nil else {
                throw Surprise(
                    "Redis does not come back: \(TestOutput.text("\(directory.path)/redis.log").suffix(1000))")
            }
            let gone = try await Writers.missing(writers.receipts[known...], client)
            total += writers.receipts.count - known
            lost += gone.count
            if let oldest = gone.map(\.at).min() { windows.add(max(0, Double(cut - oldest) / 1_000_000)) }
            writers.forget(Set(gone.map(\.job)))
        }
        // What had outlived one cut outlived all others.
        let late = try await Writers.missing(writers.receipts, client)
        #expect(late.isEmpty)
        await client.close()
        let isStrict = policy == "always"
        show(
            "Redis, \(policy)", total, lost, undone, goal: isStrict ? "0 missing" : "the last 2 s at most",
            isMet: isStrict ? lost == 0 : windows.count == 0 || windows.largest < 2,
            more: windows.count == 0 ? "" : "; the oldest of the lost was acknowledged before the cut by \(windows)",
            values: ["window": .number(windows.count == 0 ? 0 : windows.largest)])
        if isStrict { #expect(lost == 0) }
        #expect(try program.stop() == 0)
    }

    private func show(
        _ store: String, _ known: Int, _ missing: Int, _ undone: Int, goal: String, isMet: Bool, more: String = "",
        values: [String: FigureSheet.Value] = [:]
    ) {
        let cuts = ChaosOptions.powerCuts
        FigureSheet.add(
            "\(store), power cut (what was not synced is undone), \(cuts) times",
            "\(known) acknowledged, \(missing) missing, \(undone) writes undone\(more)", goal: goal, isMet: isMet,
            values: [
                "cuts": .count(cuts), "acknowledged": .count(known), "missing": .count(missing),
                "undone": .count(undone),
            ].merging(values) { $1 })
    }
}
