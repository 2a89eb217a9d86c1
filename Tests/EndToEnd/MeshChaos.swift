import FoundationEssentials

/// How hard the tests of faults try: a few repeats with slack in a run of all tests, and `ROOST_CHAOS_REPEATS` of them
/// with the goals as they are stated in `make chaos`.
enum MeshChaos {
    /// The repeats asked for; nil in a run of all tests.
    static let asked = ProcessInfo.processInfo.environment["ROOST_CHAOS_REPEATS"].flatMap { Int($0) }.map {
        min(max(1, $0), 10_000)
    }

    /// Whether full figures are wanted.
    static var isFull: Bool { asked != nil }

    /// By how much a bound is wider than the goal it stands for.
    static var slack: Double { isFull ? 1 : 3 }

    /// How often: `short` in a run of all tests, `part` of what was asked for otherwise.
    static func repeats(short: Int, part: Int = 1) -> Int { asked.map { max(1, $0 / part) } ?? short }
}

/// Times that were measured, in seconds.
struct Figures {
    private var values: [Double] = []

    mutating func add(_ seconds: Double) { values.append(seconds) }

    mutating func add(_ more: [Double]) { values += more }

    var count: Int { values.count }

    /// The value that so many of a hundred do not exceed.
    func percentile(_ percent: Double) -> Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return .infinity }
        let rank = Int((percent / 100 * Double(sorted.count)).rounded(.up))
        return sorted[min(max(1, rank), sorted.count) - 1]
    }

    var largest: Double { values.max() ?? .infinity }

    /// What a goal is held against: the worst of few, the 99th percentile of many.
    var worst: Double { count >= 100 ? percentile(99) : largest }

    /// Prints them in a line.
    func show(_ what: String) {
        func text(_ seconds: Double) -> String {
            let thousandths = Int((min(max(0, seconds), 1e6) * 1000).rounded())
            let rest = String(thousandths % 1000)
            return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest + " s"
        }
        print(
            "MESH \(what): p50 \(text(percentile(50)))  p99 \(text(percentile(99)))  max \(text(largest))  (\(count))")
    }
}
