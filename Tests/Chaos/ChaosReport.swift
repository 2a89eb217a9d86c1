import FoundationEssentials
import RoostTestKit

/// Figures for people, and for programs in `ChaosOptions.directory`.
enum ChaosReport {
    static func print(_ text: String) { Swift.print("CHAOS \(text)") }

    /// Prints, now and then, how far the kills in mid-write are.
    static func progress(_ store: String, _ kills: Int, _ acknowledged: Int, _ missing: Int) {
        guard kills > 0, kills % 20 == 0 else { return }
        print("\(store): \(kills) kills, \(acknowledged) acknowledged, \(missing) missing")
    }

    /// Prints what a run amounts to.
    static func show(_ checker: HistoryChecker, _ name: String, seed: UInt64, seconds: Int) {
        let figures = checker.figures
        print(
            "\(name), seed \(seed), \(seconds) s: \(figures.submitted) jobs asked for, \(figures.accepted) accepted, "
                + "\(figures.refused) refused, \(figures.unknown) unknown (\(figures.recovered) of them there)")
        print("ends: " + list(figures.ends) + "; \(figures.executions) executions, \(figures.polls) polls")
        print("faults: " + list(figures.faults))
        print(
            "lost \(figures.lost), run again \(figures.duplicates) (\(figures.explained) after a death, a hand-back or "
                + "a silence), false rescues \(figures.falseRescues), effects beyond one a job "
                + "\(figures.duplicateEffects)")
        if !figures.rescues.isEmpty { print("rescue after a kill: " + times(figures.rescues)) }
        for violation in checker.violations.prefix(20) { print("VIOLATION \(violation)") }
    }

    private static func list(_ counts: [String: Int]) -> String {
        counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }

    /// Adds a run to the figures that are published.
    static func sheet(_ checker: HistoryChecker, _ name: String, seed: UInt64, seconds: Int) {
        let figures = checker.figures
        let faults = figures.faults.values.reduce(0, +)
        let isClean = checker.violations.isEmpty && figures.lost == 0 && figures.falseRescues == 0
        FigureSheet.add(
            "\(name), \(seconds) s, seed \(seed)",
            "\(figures.accepted) jobs accepted, \(faults) faults of \(figures.faults.count) kinds: lost \(figures.lost), "
                + "run again \(figures.duplicates) with \(figures.duplicateEffects) effects too many, false rescues "
                + "\(figures.falseRescues), broken rules \(checker.violations.count)",
            goal: "lost 0, effects 1 a job, false rescues 0", isMet: isClean && figures.duplicateEffects == 0,
            values: [
                "accepted": .count(figures.accepted), "unknown": .count(figures.unknown), "faults": .count(faults),
                "kinds": .count(figures.faults.count), "lost": .count(figures.lost),
                "duplicates": .count(figures.duplicates), "duplicateEffects": .count(figures.duplicateEffects),
                "falseRescues": .count(figures.falseRescues), "violations": .count(checker.violations.count),
                "seconds": .count(seconds), "faultsByKind": .word(list(figures.faults)),
            ])
        guard !figures.rescues.isEmpty else { return }
        FigureSheet.add("\(name), \(seconds) s, seed \(seed): rescue after a kill", Durations(figures.rescues))
    }

    static func times(_ seconds: [Double]) -> String { "\(Durations(seconds))" }

    static func text(_ seconds: Double) -> String { Durations.text(seconds) }

    /// Keeps figures and violations, and the history where something was wrong or all of it is wanted.
    static func keep(_ log: HistoryLog, _ checker: HistoryChecker, _ name: String, seed: UInt64) throws {
        let folder = ChaosOptions.directory
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        struct Document: Encodable {
            let seed: UInt64
            let figures: HistoryFigures
            let violations: [HistoryViolation]
        }
        try keep(Document(seed: seed, figures: checker.figures, violations: checker.violations), as: "\(name)-\(seed)")
        if ChaosOptions.isFull || !checker.violations.isEmpty {
            try log.write(to: "\(folder)/\(name)-\(seed).history.jsonl")
        }
    }

    /// Keeps figures as JSON.
    static func keep(_ document: some Encodable, as name: String) throws {
        try FileManager.default.createDirectory(
            atPath: ChaosOptions.directory, withIntermediateDirectories: true)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try encoder.encode(document).write(to: URL(filePath: "\(ChaosOptions.directory)/\(name).json"))
    }
}
