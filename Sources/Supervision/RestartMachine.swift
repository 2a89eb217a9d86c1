/// Decides when a duty that ended starts again. Pure: the caller brings the time and the chance.
struct RestartMachine: Sendable {
    enum Directive: Equatable {
        case restart(after: Duration)
        case giveUp
    }

    private let configuration: SupervisorConfiguration
    private var startedAt: ContinuousClock.Instant
    /// Failures since the last steady run.
    private var series = 0
    /// When the restarts within the window were; never longer than `maximumRestarts`.
    private var recent: [ContinuousClock.Instant] = []

    init(_ configuration: SupervisorConfiguration, now: ContinuousClock.Instant) {
        self.configuration = configuration
        startedAt = now
    }

    mutating func started(at now: ContinuousClock.Instant) {
        startedAt = now
    }

    /// The duty ended on its own; `chance` is a random number from 0 to 1.
    mutating func failed(at now: ContinuousClock.Instant, chance: Double) -> Directive {
        if now - startedAt >= configuration.steadyAfter { series = 0 }
        let window = configuration.restartWindow
        recent.removeAll { now - $0 > window }
        guard recent.count < configuration.maximumRestarts else { return .giveUp }
        recent.append(now)
        // 2^20 times any base is past any cap; the exponent must not grow with the failures.
        let delay = min(configuration.backoffBase * (1 << min(series, 20)), configuration.backoffCap)
        series = min(series + 1, 20)
        let spread = 1 + configuration.jitter * (2 * min(max(0, chance), 1) - 1)
        return .restart(after: delay * spread)
    }
}
