/// How far this process may trust its own clock and ears.
///
/// A process that gets no time on its cores sees silence where there is none. The more signs of that, the more patient
/// it becomes with others.
struct LocalHealth: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// Beyond it a process would be too patient to be of use.
    static let worst = 7

    /// Zero is healthy.
    private(set) var score = 0
    private var since: Instant?

    /// By how much the patience with others is multiplied: one to eight.
    var patience: Int { 1 + score }

    /// It slept, or accused somebody who was alive.
    mutating func worsen(now: Instant) {
        score = min(Self.worst, score + 1)
        since = now
    }

    /// It was on time.
    mutating func improve(now: Instant, every recovery: Duration) {
        guard score > 0, now - (since ?? now) >= recovery else { return }
        score -= 1
        since = now
    }
}
