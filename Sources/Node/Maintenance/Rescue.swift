public import RoostJobs

/// Takes back everything that ran on a worker that is known to be dead, without waiting for its leases.
///
/// The caller vouches for the death: a worker that lives loses what it runs, and its outcomes are refused.
public struct Rescue: Sendable {
    /// Claims in one call to the store.
    static let batch = 100

    private let store: any JobStore
    private let maxCrashes: Int

    /// A rescue; a job that took `maxCrashes` workers down is made a dead letter.
    public init(store: any JobStore, maxCrashes: Int = JobDefaults.maxCrashes) {
        self.store = store
        self.maxCrashes = maxCrashes
    }

    /// Takes back all claims of `worker`, a name as in `NodeConfiguration.worker`; returns how many. May be repeated,
    /// also after it threw; ends early, between two bites, when the task is cancelled.
    /// - Throws: when the store does not answer; what was taken back until then is.
    public func reclaim(worker: String) async throws(StoreError) -> Int {
        var count = 0
        while !Task.isCancelled {
            let some = try await store.reclaim(worker: worker, limit: Self.batch, maxCrashes: maxCrashes).count
            if some == 0 { break }
            count += some
        }
        return count
    }

    /// Takes back all claims of workers that were called `name` and are not of this incarnation; returns how many. May be
    /// repeated.
    /// - Throws: when the store does not answer.
    public func reclaim(earlierLivesOf name: String, incarnation: String) async throws(StoreError) -> Int {
        let prefix = NodeConfiguration.worker(name: name, incarnation: "")
        let own = NodeConfiguration.worker(name: name, incarnation: incarnation)
        var count = 0
        for worker in try await store.workers().map(\.worker) where worker.hasPrefix(prefix) && worker != own {
            count += try await reclaim(worker: worker)
        }
        return count
    }
}
