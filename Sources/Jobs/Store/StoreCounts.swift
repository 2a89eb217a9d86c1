/// How many jobs there are, and how many there have been.
public struct StoreCounts: Sendable, Equatable {
    /// Jobs by queue and state now.
    public var queues: [String: [JobState: Int]]
    /// Sums since the store was made; they only grow.
    public var totals: Totals

    /// Counts.
    public init(queues: [String: [JobState: Int]] = [:], totals: Totals = Totals()) {
        self.queues = queues
        self.totals = totals
    }

    /// Jobs in a state over all queues.
    public subscript(state: JobState) -> Int { queues.values.reduce(0) { $0 + ($1[state] ?? 0) } }

    /// Jobs in every state.
    public var total: Int { JobState.allCases.reduce(0) { $0 + self[$1] } }

    /// Sums since the store was made, for rates.
    public struct Totals: Sendable, Equatable, Codable {
        /// Jobs accepted.
        public var enqueued = 0
        /// Attempts started.
        public var started = 0
        /// Jobs done.
        public var done = 0
        /// Attempts that failed and will be tried again.
        public var retried = 0
        /// Jobs that became dead letters.
        public var failed = 0
        /// Claims taken back from a lost worker.
        public var reclaimed = 0

        /// All zero.
        public init() {}
    }
}
