import RoostJobs

/// Every key of the job store, made in one place. See Documentation/redis-layout.md.
struct RedisKeys: Sendable {
    /// `{namespace}:`, the start of every key: one hash slot for the whole namespace.
    let base: String

    init(namespace: String) { base = "{\(namespace)}:" }

    var wake: String { base + "wake" }
    var all: String { base + "all" }
    var counts: String { base + "counts" }
    var totals: String { base + "totals" }

    func unique(_ key: String) -> String { base + "k:" + key }

    func index(_ state: JobState) -> String { base + "ix:" + state.letter }
}

extension JobState {
    /// The letter that stands for the state in records and counters.
    var letter: String {
        switch self {
        case .scheduled: "s"
        case .queued: "q"
        case .running: "r"
        case .done: "d"
        case .failed: "f"
        case .cancelled: "c"
        }
    }

    init?(letter: some StringProtocol) {
        guard let state = Self.allCases.first(where: { $0.letter == letter }) else { return nil }
        self = state
    }
}
