import FoundationEssentials

/// How hard the tests of faults try: a few repeats with slack in a run of all tests, and `ROOST_CHAOS_REPEATS` of them
/// with the goals as they are stated in `make chaos`.
enum MeshChaos {
    /// The repeats asked for; nil in a run of all tests.
    static let asked = number("ROOST_CHAOS_REPEATS")

    /// Whether full figures are wanted.
    static var isFull: Bool { asked != nil }

    /// By how much a bound is wider than the goal it stands for.
    static var slack: Double { isFull ? 1 : 3 }

    /// How often one of five is killed.
    static let kills = number("ROOST_CHAOS_KILLS") ?? repeats(short: 2)

    /// How long Redis is away, and handlers hold every core, seconds.
    static let long = Double(number("ROOST_CHAOS_LONG") ?? 60)

    private static func number(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }.map { min(max(1, $0), 10_000) }
    }

    /// How often: `short` in a run of all tests, `part` of what was asked for otherwise.
    static func repeats(short: Int, part: Int = 1) -> Int { asked.map { max(1, $0 / part) } ?? short }
}
