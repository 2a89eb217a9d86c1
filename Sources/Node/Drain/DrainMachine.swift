/// How a node stops: running → draining → handing back → stopped. Pure.
struct DrainMachine: Sendable {
    /// Where the node is.
    enum Phase: Equatable, Sendable {
        case running
        /// No more claims; running jobs have until then.
        case draining(until: ContinuousClock.Instant)
        /// What ran was handed back; the store has until then to take it.
        case handingBack(until: ContinuousClock.Instant)
        case stopped
    }

    /// What the shell does next.
    enum Directive: Equatable, Sendable {
        /// Look again at that time (nil: none), or when something has changed.
        case wait(until: ContinuousClock.Instant?)
        /// Hand back what still runs, then look again.
        case handBack
        /// End; so many outcomes are left to their leases.
        case stop(abandoned: Int)
    }

    private(set) var phase = Phase.running
    private let drain: Duration
    private let handBack: Duration
    private var mustHandBack = false

    init(drain: Duration, handBack: Duration) {
        self.drain = drain
        self.handBack = handBack
    }

    /// The first request to stop.
    mutating func drain(now: ContinuousClock.Instant) {
        if phase == .running { phase = .draining(until: now + drain) }
    }

    /// The request to stop without waiting for what runs.
    mutating func handBackNow(now: ContinuousClock.Instant) {
        switch phase {
        case .running, .draining:
            phase = .handingBack(until: now + handBack)
            mustHandBack = true
        case .handingBack, .stopped: break
        }
    }

    /// `isClaiming`: a claim is under way, and what it brings must be handed back.
    mutating func next(now: ContinuousClock.Instant, unsettled: Int, isClaiming: Bool) -> Directive {
        if case .draining(let until) = phase, now >= until { handBackNow(now: now) }
        if mustHandBack {
            mustHandBack = false
            return .handBack
        }
        let isIdle = unsettled == 0 && !isClaiming
        switch phase {
        case .running: return .wait(until: nil)
        case .draining(let until) where !isIdle: return .wait(until: until)
        case .handingBack(let until) where !isIdle && now < until: return .wait(until: until)
        case .draining, .handingBack, .stopped:
            phase = .stopped
            return .stop(abandoned: unsettled)
        }
    }
}
