/// The newest starts under a rate limit: exact, because it keeps as many as the limit allows.
struct StartWindow: Sendable {
    private var starts: [Timestamp] = []

    /// How many may start now, and when the next may when none may.
    func room(_ limit: RateLimit, now: Timestamp) -> (left: Int, next: Timestamp?) {
        let recent = starts.drop { $0.advanced(by: limit.period) <= now }
        let left = limit.count - recent.count
        if left > 0 { return (left, nil) }
        // With a limit lowered since, more than one must go by first.
        return (0, recent.dropFirst(-left).first?.advanced(by: limit.period))
    }

    /// Whether no start counts any more.
    func isOver(_ limit: RateLimit, now: Timestamp) -> Bool {
        starts.last.map { $0.advanced(by: limit.period) <= now } ?? true
    }

    mutating func add(_ start: Timestamp, keeping count: Int) {
        starts.append(start)
        if starts.count > count { starts.removeFirst(starts.count - count) }
    }
}
