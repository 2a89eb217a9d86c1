import FoundationEssentials
import Glibc
import RoostProcessKit
import RoostTestKit
import Testing

/// Real processes, real faults, and a history that is held against the promises.
@Suite(.serialized) struct ClusterChaosTests {
    @Test(
        "killed, frozen, cut off and starved, a cluster loses nothing, runs nothing twice without need, and comes back")
    func chaos() async throws {
        for round in 0..<ChaosOptions.rounds {
            var run = ChaosRun()
            run.seed = ChaosOptions.seed &+ UInt64(round)
            run.seconds = ChaosOptions.asked ?? 5
            run.hasLong = ChaosOptions.isFull
            if !ChaosOptions.isFull { run.steps = NemesisStep.tour }
            try await perform(run)
        }
    }

    @Test("the jobs of killed nodes run again soon", .enabled(if: ChaosOptions.isFull, "only in make chaos"))
    func kills() async throws {
        var run = ChaosRun()
        run.seconds = max(30, (ChaosOptions.asked ?? 0) / 3)
        run.kinds = [.killNode]
        run.name = "kills"
        let figures = try await perform(run)
        #expect(!figures.rescues.isEmpty)
        #expect(figures.rescues.allSatisfy { $0 < 20 })
        FigureSheet.add(
            "kills of nodes that are started again at once, their jobs run again", Durations(figures.rescues),
            goal: "≤ 20 s", isMet: figures.rescues.allSatisfy { $0 < 20 },
            values: ["kills": .count(figures.faults["killNode"] ?? 0)])
    }

    @Test(
        "a starved machine and a Redis that hangs for most of a lease cost no live worker its job",
        .enabled(if: ChaosOptions.isFull, "only in make chaos"))
    func starved() async throws {
        let hogs = try (0..<2 * ProcessInfo.processInfo.activeProcessorCount).map { _ in
            try ChildProcess.start("sh", ["-c", "while :; do :; done"])
        }
        defer {
            for hog in hogs {
                hog.signal(SIGKILL)
                _ = hog.wait(milliseconds: 5000)
            }
        }
        var run = ChaosRun()
        // Each stall with its rest is 19 s; one that would outlast the run is left out.
        run.seconds = 19 * ChaosOptions.stalls + 7
        run.clients = 1
        run.steps = [.init(kind: .hangRedis, target: 0, milliseconds: 14_000, rest: 5000)]
        run.name = "starved"
        let figures = try await perform(run)
        #expect(figures.duplicates == 0)
        let stalls = figures.faults["hangRedis"] ?? 0
        FigureSheet.add(
            "false rescues in \(stalls) stalls of Redis of 14 s, with twice as many busy loops as cores",
            "\(figures.falseRescues) (\(figures.duplicates) run again, \(figures.accepted) jobs)", goal: "0",
            isMet: figures.falseRescues == 0,
            values: [
                "stalls": .count(stalls), "falseRescues": .count(figures.falseRescues),
                "duplicates": .count(figures.duplicates), "accepted": .count(figures.accepted),
            ])
    }

    @discardableResult
    private func perform(_ run: ChaosRun) async throws -> HistoryFigures {
        let cluster = try await ClusterUnderTest()
        let checker = try await run.perform(on: cluster)
        ChaosReport.show(checker, run.name, seed: run.seed, seconds: run.seconds)
        ChaosReport.sheet(checker, run.name, seed: run.seed, seconds: run.seconds)
        #expect(checker.violations.isEmpty)
        #expect(checker.figures.accepted > 0 && checker.figures.executions > 0 && !checker.figures.faults.isEmpty)
        let bad = try await cluster.finish()
        #expect(bad.isEmpty, "did not end with 0: \(bad)")
        return checker.figures
    }
}
