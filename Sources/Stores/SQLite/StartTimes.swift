import RoostJobs

/// The newest starts under a rate limit: exact, because it keeps as many as the limit allows.
struct StartTimes {
    /// Starts of one moment.
    private struct Moment {
        let at: Timestamp
        var count: Int
    }

    private var moments: [Moment] = []
    private var total = 0

    /// How many may start now, after `more` that did so just now, and when the next may when none may.
    func room(_ limit: RateLimit, now: Timestamp, more: Int = 0) -> (left: Int, next: Timestamp?) {
        let recent = moments.drop { $0.at.advanced(by: limit.period) <= now }
        let left = limit.count - more - recent.reduce(0) { $0 + $1.count }
        if left > 0 { return (left, nil) }
        // With a limit lowered since, more than one must go by first.
        var passing = -left
        for moment in recent {
            if passing < moment.count { return (0, moment.at.advanced(by: limit.period)) }
            passing -= moment.count
        }
        return (0, now.advanced(by: limit.period))
    }

    mutating func add(_ count: Int, at time: Timestamp, keeping most: Int) {
        if moments.last?.at == time {
            moments[moments.count - 1].count += count
        } else {
            moments.append(Moment(at: time, count: count))
        }
        total += count
        var passed = 0
        while total > most, passed < moments.count {
            let dropped = min(total - most, moments[passed].count)
            moments[passed].count -= dropped
            total -= dropped
            if moments[passed].count == 0 { passed += 1 }
        }
        if passed > 0 { moments.removeFirst(passed) }
    }

    /// Whether every start is more than `span` ago.
    func isOver(_ span: Duration, now: Timestamp) -> Bool {
        moments.allSatisfy { $0.at.advanced(by: span) <= now }
    }
}
