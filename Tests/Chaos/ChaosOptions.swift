import FoundationEssentials

/// How hard and how long: a little in a run of all tests, as it is told in `make chaos`.
enum ChaosOptions {
    private static func number(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }

    /// How long faults are done for; nil in a run of all tests.
    static let asked = number("ROOST_CHAOS_SECONDS").map { min(max(5, $0), 86_400) }

    /// What the faults and the jobs depend on.
    static let seed = UInt64(number("ROOST_CHAOS_SEED").map { max(0, $0) } ?? 1)

    /// How many runs, each with the next seed.
    static let rounds = min(max(1, number("ROOST_CHAOS_ROUNDS") ?? 1), 10_000)

    /// Outages of Redis whose end is awaited, seconds.
    static let outages = (ProcessInfo.processInfo.environment["ROOST_CHAOS_OUTAGES"] ?? "0.1,1,3,6,11,31")
        .split(separator: ",").compactMap { Double($0) }.map { min(max(0, $0), 3600) }

    /// Kills in mid-write, a store.
    static let writeKills = min(max(1, number("ROOST_CHAOS_WRITE_KILLS") ?? (isFull ? 20 : 1)), 100_000)

    /// Power cuts in mid-write, a store.
    static let powerCuts = min(max(1, number("ROOST_CHAOS_POWER_CUTS") ?? (isFull ? 20 : 1)), 100_000)

    /// Stalls of Redis of 14 s each, on a machine that is starved.
    static let stalls = min(max(1, number("ROOST_CHAOS_STALLS") ?? 2), 1000)

    /// Where figures and histories are kept.
    static let directory = ProcessInfo.processInfo.environment["ROOST_CHAOS_DIRECTORY"] ?? ".build/chaos"

    /// Whether full figures are wanted.
    static var isFull: Bool { asked != nil }
}
