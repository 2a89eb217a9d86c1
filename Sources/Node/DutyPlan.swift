import Logging
import RoostJobs
import RoostSupervision

/// The loops a node is made of. All but the claim loop's claims run on the node's own thread, so that handlers which
/// block the global executor stop neither leases nor maintenance.
struct DutyPlan {
    let store: any JobStore
    let pool: WorkerPool
    let types: Set<String>?
    let configuration: NodeConfiguration
    let executor: ThreadExecutor
    let logger: Logger

    var duties: [Duty] { [claim, leases, deadlines, promote, reclaim, prune, storeWork] }

    private var claim: Duty {
        let request = ClaimRequest(
            queues: configuration.queues, types: types, limit: configuration.claimBatch, worker: configuration.worker,
            lease: configuration.lease, wait: configuration.claimWait)
        return duty("claim") { [store, pool] in
            ClaimLoop(store: store, pool: pool, request: request, loop: $0).run
        }
    }

    private var leases: Duty {
        duty("leases") { [store, pool, configuration] in
            LeaseKeeper(
                store: store, pool: pool, lease: configuration.lease, every: configuration.extendEvery, loop: $0
            ).run
        }
    }

    private var deadlines: Duty { duty("deadlines") { [pool] _ in DeadlineKeeper(pool: pool).run } }

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
        duty("prune") { [store, configuration] in Pruner(store: store, every: configuration.prune, loop: $0).run }
    }

    /// Whatever the store itself must do all the time. Its breaking is an outage, not a fault of this node.
    private var storeWork: Duty { duty("store") { [store] loop in { try await loop.run { try await store.run() } } } }

    private func duty(_ name: String, _ make: (StoreLoop) -> @Sendable () async throws -> Void) -> Duty {
        Duty(name: name, executor: executor, run: make(StoreLoop(name, executor: executor, logger: logger)))
    }
}
