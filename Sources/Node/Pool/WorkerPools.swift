import RoostJobs
import Synchronization

/// All pools of a node, for those who look after everything that runs.
struct WorkerPools: Sendable {
    let all: [WorkerPool]
    let signals: PoolSignals

    init(_ plans: [PoolPlan], _ parts: WorkerPool.Parts) {
        all = plans.map { WorkerPool($0, parts) }
        signals = parts.signals
    }

    /// The leases to keep.
    var tickets: [Claim.Ticket] { all.flatMap(\.tickets) }

    /// Outcomes that are not in the store yet, and whether claims may still come.
    var pending: (unsettled: Int, isClaiming: Bool) {
        all.reduce((0, false)) { sum, pool in
            pool.state.withLock { (sum.0 + $0.table.unsettled, sum.1 || $0.isClaiming) }
        }
    }

    /// Ends what is past its deadline; returns the next deadline.
    func expire(now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        all.compactMap { $0.expire(now: now) }.min()
    }

    /// Does what an extension of leases found.
    func apply(_ extended: Extended) {
        if !extended.lost.isEmpty {
            let lost = Set(extended.lost)
            for pool in all { pool.lose(lost) }
        }
        if !extended.cancelled.isEmpty {
            let cancelled = Set(extended.cancelled)
            for pool in all {
                // The store knows the reason and keeps it.
                _ = pool.cancel(reason: "cancelled while it ran") { cancelled.contains($0.claim.ticket) }
            }
        }
    }

    /// Calls off a running job; false when it does not run here.
    func cancel(_ id: JobID, reason: String) -> Bool {
        all.contains { $0.cancel(reason: reason) { $0.claim.job.id == id } }
    }

    /// Somebody may want a job cancelled: has the store asked, if it runs here.
    func hint(_ id: JobID) {
        let asks = all.map { $0.hint(id) }
        if asks.contains(true) { signals.hinted.notify() }
    }

    /// The tickets to ask the store about at once.
    func takeHinted() -> [Claim.Ticket] { all.flatMap { $0.takeHinted() } }

    func handBack() { for pool in all { pool.handBack() } }

    /// The queues whose jobs are taken, and those of them without a free slot.
    var serving: (queues: Set<String>, busy: Set<String>) {
        all.reduce(into: ([], [])) { sum, pool in
            let (takesJobs, free) = pool.state.withLock { ($0.takesJobs, $0.table.free) }
            guard takesJobs else { return }
            sum.0.formUnion(pool.plan.queues)
            if free == 0 { sum.1.formUnion(pool.plan.queues) }
        }
    }

    func stopClaiming() {
        for pool in all { pool.stopClaiming() }
        signals.serving.notify()
    }

    func quietClaiming() {
        for pool in all { pool.quietClaiming() }
        signals.serving.notify()
    }

    func resumeClaiming() {
        for pool in all { pool.resumeClaiming() }
        signals.serving.notify()
    }
}
