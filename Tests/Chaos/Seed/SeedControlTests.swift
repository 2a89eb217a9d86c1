import RoostProcessKit
import RoostTestKit
import Testing

/// A checker that finds nothing proves nothing: here it must find much.
@Suite(.serialized) struct SeedControlTests {
    @Test("the tutorial's algorithm loses jobs and runs others twice, and the checker says so")
    func control() async throws {
        let system = try SeedSystem()
        // Accepted before the consumer group is there: it starts at the stream's end.
        system.submit((1...3).map { "early-\($0)" })
        for _ in 0..<2 { try await system.addWorker() }
        // Still at work when others think that they were forgotten.
        system.submit((1...3).map { "slow-\($0)" }, seconds: 3)
        let rounds = ChaosOptions.isFull ? 5 : 1
        for round in 1...rounds {
            system.submit((1...10).map { "plain-\(round)-\($0)" }, seconds: 0.05)
            // Acknowledged, and asleep in the memory of who is killed next.
            system.submit((1...6).map { "flaky-\(round)-\($0)" }, failures: 1)
            try await Task.sleep(for: .milliseconds(500))
            for _ in 0..<2 { system.killWorker() }
            for _ in 0..<2 { try await system.addWorker() }
        }
        // Work that nobody has taken yet is cut off with the rest of the stream.
        if ChaosOptions.isFull { system.submit((1...600).map { "many-\($0)" }, seconds: 1) }
        system.submit((1...3).map { "twice-\($0)" }, seconds: 2.5)
        try await Task.sleep(for: .milliseconds(ChaosOptions.isFull ? 20_000 : 4000))
        let checker = try system.judge()
        let figures = checker.figures
        FigureSheet.add(
            "the tutorial's algorithm under \(figures.faults["killNode"] ?? 0) kills",
            "\(figures.accepted) jobs, \(figures.lost) lost, \(figures.falseRescues) run once too often",
            goal: "found out", isMet: figures.lost > 0 && figures.falseRescues > 0,
            values: [
                "accepted": .count(figures.accepted), "lost": .count(figures.lost),
                "again": .count(figures.falseRescues),
            ])
        try ChaosReport.keep(figures, as: "control")
        let rules = Set(checker.violations.map(\.rule))
        #expect(rules.contains(.stuck) && rules.contains(.repeated), "\(rules)")
        let lost = checker.violations.filter { $0.rule == .stuck }.map(\.text)
        for cause in ["early-", "flaky-"] { #expect(lost.contains { $0.contains(cause) }, "\(cause) is not lost") }
    }
}
