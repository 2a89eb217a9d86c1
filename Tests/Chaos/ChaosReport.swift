import FoundationEssentials

/// Figures for people, and for programs in `ChaosOptions.directory`.
enum ChaosReport {
    static func print(_ text: String) { Swift.print("CHAOS \(text)") }

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

    /// The median, the 99th percentile and the largest.
    static func times(_ seconds: [Double]) -> String {
        let sorted = seconds.sorted()
        func rank(_ percent: Int) -> String {
            text(sorted[min(sorted.count - 1, max(0, (sorted.count * percent + 99) / 100 - 1))])
        }
        guard !sorted.isEmpty else { return "none" }
        return "p50 \(rank(50))  p99 \(rank(99))  max \(text(sorted[sorted.count - 1]))  (\(sorted.count))"
    }

    static func text(_ seconds: Double) -> String {
        let thousandths = Int((min(max(0, seconds), 1e6) * 1000).rounded())
        let rest = String(thousandths % 1000)
        return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest + " s"
    }

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
