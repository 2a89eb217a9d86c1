import RoostJobs

/// How attempts ended since the node started.
public struct NodeCounters: Sendable, Equatable {
    /// Ended and recorded: done, failed, to be retried or cancelled.
    public internal(set) var processed = 0
    /// Of these, dead letters.
    public internal(set) var failed = 0
    /// Of these, to be tried again.
    public internal(set) var retried = 0
    /// Of these, called off.
    public internal(set) var cancelled = 0
    /// Handed back, snoozed included.
    public internal(set) var released = 0
    /// Ended after their lease was lost: not recorded.
    public internal(set) var leaseLost = 0
    /// Given up because the store did not answer until the node stopped; their leases run out.
    public internal(set) var abandoned = 0
    /// Lines of jobs' logs that never reached the store.
    public internal(set) var linesDropped = 0

    mutating func count(_ end: Settler.End) {
        switch end {
        case .settled(.succeeded): processed += 1
        case .settled(.cancelled):
            processed += 1
            cancelled += 1
        case .settled(.failed):
            processed += 1
            failed += 1
        case .settled(.retry):
            processed += 1
            retried += 1
        case .settled(.released), .settled(.snoozed): released += 1
        case .leaseLost: leaseLost += 1
        case .abandoned: abandoned += 1
        }
    }

    /// The sum of two pools' counts.
    static func + (a: NodeCounters, b: NodeCounters) -> NodeCounters {
        var sum = a
        sum.processed += b.processed
        sum.failed += b.failed
        sum.retried += b.retried
        sum.cancelled += b.cancelled
        sum.released += b.released
        sum.leaseLost += b.leaseLost
        sum.abandoned += b.abandoned
        sum.linesDropped += b.linesDropped
        return sum
    }
}
