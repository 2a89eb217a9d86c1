import RoostJobs
import RoostSupervision

extension NodeStatus {
    /// What the pools and duties make up together.
    init(_ pools: WorkerPools, duties: [DutyStatus], types: [String]?) {
        let parts = pools.all.map { ($0.plan, $0.snapshot()) }
        let snapshots = parts.map(\.1)
        let (clock, wall) = (ContinuousClock.now, Timestamp.now())
        slots = snapshots.reduce(0) { $0 + $1.slots }
        busy = snapshots.reduce(0) { $0 + $1.busy }
        stuck = snapshots.reduce(0) { $0 + $1.stuck }
        counters = snapshots.reduce(NodeCounters()) { $0 + $1.counters }
        isDraining = snapshots.contains { $0.isDraining }
        self.duties = duties
        self.types = types
        running = snapshots.flatMap(\.running).sorted { $0.startedAt < $1.startedAt }.prefix(Self.maximumRunning).map {
            RunningJob(
                id: $0.claim.job.id, type: $0.claim.job.type, queue: $0.claim.job.queue,
                since: wall.advanced(by: $0.startedAt - clock))
        }
        self.pools = parts.map { plan, snapshot in
            Pool(name: plan.name, queues: plan.queues, concurrency: plan.concurrency, busy: snapshot.busy)
        }
    }
}
