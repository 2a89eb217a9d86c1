import Logging
import RoostJobs
import RoostSupervision

/// The loops a node is made of. All but the claim loops' claims run on the node's own thread, so that handlers which
/// block the global executor stop neither leases nor maintenance.
struct DutyPlan {
    let store: any JobStore
    let pools: WorkerPools
    let types: Set<String>?
    let configuration: NodeConfiguration
    let announcer: Announcer
    let extra: [Duty]
    let executor: ThreadExecutor
    let logger: Logger

    var duties: [Duty] {
        claims + [leases, cancels, deadlines, announce] + upkeep + extras
    }

    private var upkeep: [Duty] {
        switch configuration.upkeep {
        case .all: [promote, reclaim, prune, cron, storeWork]
        case .moving: [promote, reclaim, storeWork]
        case .none: []
        }
    }

    private var claims: [Duty] {
        pools.all.map { pool in
            let request = ClaimRequest(
                queues: pool.plan.queues, types: types, limit: configuration.claimBatch, worker: configuration.worker,
                lease: configuration.lease, wait: configuration.claimWait)
            return duty(pool.plan.duty) { [store] in
                ClaimLoop(store: store, pool: pool, request: request, loop: $0).run
            }
        }
    }

    private var leases: Duty {
        duty("leases") { [store, pools, configuration] in
            LeaseKeeper(
                store: store, pools: pools, lease: configuration.lease, every: configuration.extendEvery, loop: $0
            ).run
        }
    }

    private var cancels: Duty {
        duty("cancels") { [store, pools] in CancelListener(store: store, pools: pools, loop: $0).run }
    }

    private var deadlines: Duty { duty("deadlines") { [pools] _ in DeadlineKeeper(pools: pools).run } }

    private var promote: Duty {
        duty("promote") { [store, configuration] in
            Promoter(store: store, wait: configuration.claimWait, loop: $0).run
        }
    }

    private var reclaim: Duty {
        duty("reclaim") { [store, configuration] in
            Reclaimer(
                store: store, sweep: configuration.sweep, lease: configuration.lease,
                maxCrashes: configuration.maxCrashes, loop: $0
            ).run
        }
    }

    private var prune: Duty {
        duty("prune") { [store, configuration] in
            Pruner(store: store, retention: configuration.retention, every: configuration.prune, loop: $0).run
        }
    }

    private var cron: Duty {
        duty("cron") { [store, configuration] in
            CronDuty(store: store, wait: configuration.claimWait, timeZones: configuration.timeZones, loop: $0).run
        }
    }

    private var announce: Duty { Duty(name: "announce", executor: executor, run: announcer.run) }

    /// Whatever the store itself must do all the time. Its breaking is an outage, not a fault of this node.
    private var storeWork: Duty { duty("store") { [store] loop in { try await loop.run { try await store.run() } } } }

    /// Work of the kind the store's own is, given by whoever made the node.
    private var extras: [Duty] {
        extra.map { given in
            let loop = StoreLoop(given.name, executor: executor, logger: logger)
            return Duty(name: given.name, executor: given.executor ?? executor) {
                try await loop.run {
                    try await given.run()
                    // It should not have ended, and must not spin.
                    try await loop.executor.sleep(for: .seconds(1))
                }
            }
        }
    }

    private func duty(_ name: String, _ make: (StoreLoop) -> @Sendable () async throws -> Void) -> Duty {
        Duty(name: name, executor: executor, run: make(StoreLoop(name, executor: executor, logger: logger)))
    }
}
