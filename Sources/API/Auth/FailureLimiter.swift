/// Counts failures of each source in a window of time: a pure machine.
struct FailureLimiter: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// How many a source may have in a window.
    var limit = 30
    var window = Duration.seconds(60)
    /// Sources that are told apart; more share one count.
    var maximumSources = 1000

    private var sources: [String: (count: Int, until: Instant)] = [:]

    init(limit: Int = 30, window: Duration = .seconds(60), maximumSources: Int = 1000) {
        self.limit = limit
        self.window = window
        self.maximumSources = maximumSources
    }

    /// How long a source has to wait; nil: not at all.
    func wait(_ source: String, now: Instant) -> Duration? {
        guard let known = sources[key(source)], known.until > now, known.count >= limit else { return nil }
        return known.until - now
    }

    /// One more failure; false when it is beyond the limit.
    mutating func add(_ source: String, now: Instant) -> Bool {
        if sources.count >= maximumSources { sources = sources.filter { $0.value.until > now } }
        let key = key(source)
        var entry = sources[key] ?? (0, now + window)
        if entry.until <= now { entry = (0, now + window) }
        entry.count += 1
        sources[key] = entry
        return entry.count <= limit
    }

    private func key(_ source: String) -> String {
        sources[source] != nil || sources.count < maximumSources ? source : ""
    }
}
