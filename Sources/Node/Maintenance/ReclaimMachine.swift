/// Decides when lost claims may be taken back. Pure.
///
/// A worker cannot extend its lease while the store is away or stalled, nor while this machine stands still. After such
/// a time leases have run out that nobody has lost: their owners get one lease to come back before any is taken.
struct ReclaimMachine: Sendable {
    /// The longest time between two sweeps that is not taken for a standstill. A short interval does not make one of a
    /// hiccup, in which no lease of this length runs out: they are extended more often.
    private let longestGap: Duration
    private let lease: Duration
    private var lastSweep: ContinuousClock.Instant
    private var graceUntil: ContinuousClock.Instant?
    /// Whether the store has to be seen answering before the grace can start.
    private(set) var isStoreAway = false

    init(interval: Duration, lease: Duration, now: ContinuousClock.Instant) {
        longestGap = max(interval * 3, min(lease / 5, .seconds(5)))
        self.lease = lease
        lastSweep = now
    }

    /// A sweep is due; whether to reclaim in it.
    mutating func sweep(at now: ContinuousClock.Instant) -> Bool {
        if now - lastSweep > longestGap { graceUntil = now + lease }
        lastSweep = now
        if isStoreAway { return false }
        if let end = graceUntil, now < end { return false }
        graceUntil = nil
        return true
    }

    mutating func storeFailed() { isStoreAway = true }

    mutating func storeAnswered(at now: ContinuousClock.Instant) {
        guard isStoreAway else { return }
        isStoreAway = false
        graceUntil = now + lease
    }
}
