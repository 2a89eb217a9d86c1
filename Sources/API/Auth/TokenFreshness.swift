/// When a process looks at the tokens in the store again. A pure machine: no clock, no store.
///
/// What it holds may be `age` old; while the store does not answer, `grace` old. The store is asked ahead of time, so that
/// with steady traffic no request waits for it.
struct TokenFreshness: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// How old what is held may be: a revoked token holds no longer.
    var age = Duration.seconds(5)
    /// The age from which it is asked for anew, ahead of time.
    var ahead = Duration.seconds(2)
    /// How long it holds while the store does not answer.
    var grace = Duration.seconds(60)
    /// How long to leave a store alone that did not answer.
    var pause = Duration.seconds(1)
    /// How often an unknown token makes a process look again: it may be a new one, or somebody's guess.
    var missPause = Duration.milliseconds(500)

    /// When the newest answer was asked for.
    private(set) var loadedAt: Instant?
    /// When the store last did not answer, after the newest answer.
    private(set) var failedAt: Instant?
    /// Whether this process changed something after that.
    private(set) var isOutdated = false

    enum Step: Equatable {
        /// What is held is good.
        case use
        /// It is, and the store should be asked meanwhile.
        case useAndLoad
        /// Ask the store first.
        case load
        /// Nothing is known, and the store does not answer.
        case unavailable
    }

    /// What to do for a request that came at `asked`; `isMissing`: its token is none of those held.
    func step(_ now: Instant, asked: Instant, isMissing: Bool) -> Step {
        // However long the store took: it was asked for this request.
        if let loadedAt, loadedAt >= asked, !isOutdated { return .use }
        let isPaused = failedAt.map { now - $0 < pause } ?? false
        guard let loadedAt else { return isPaused ? .unavailable : .load }
        let old = now - loadedAt
        if old >= grace { return isPaused ? .unavailable : .load }
        if old >= age || isOutdated {
            // A store that is known not to answer keeps nobody waiting while what is held may be used.
            return failedAt == nil ? .load : isPaused ? .use : .useAndLoad
        }
        if isMissing, old >= missPause, failedAt == nil { return .load }
        return old >= ahead && !isPaused ? .useAndLoad : .use
    }

    /// The store answered what it was asked at `start`.
    mutating func loaded(at start: Instant) {
        loadedAt = start
        failedAt = nil
        isOutdated = false
    }

    /// It did not.
    mutating func failed(at now: Instant) { failedAt = now }

    /// This process changed something: what it holds is no longer good, unless the store is away.
    mutating func outdate() { isOutdated = true }
}
