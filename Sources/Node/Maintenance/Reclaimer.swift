import Logging
import RoostJobs

/// Takes back the claims of workers that are gone: the rescue that needs nobody but the store.
struct Reclaimer: Sendable {
    static let batch = 100

    let store: any JobStore
    let sweep: Duration
    let lease: Duration
    let maxCrashes: Int
    let loop: StoreLoop

    /// - Throws: `CancellationError`.
    func run() async throws {
        var machine = ReclaimMachine(interval: sweep, lease: lease, now: .now)
        try await loop.run {
            // Spread, so that the nodes of a cluster do not all come at once.
            try await loop.executor.sleep(for: sweep * Double.random(in: 0.8...1.2))
            if machine.isStoreAway {
                let health = await store.health()
                guard health.isReachable else { throw StoreError(.unavailable, health.description) }
                machine.storeAnswered(at: .now)
                loop.logger.notice("store was away, nothing is reclaimed for a lease", metadata: ["lease": "\(lease)"])
            }
            guard machine.sweep(at: .now) else { return }
            do {
                try await reclaim()
            } catch let error as StoreError {
                machine.storeFailed()
                throw error
            }
        }
    }

    private func reclaim() async throws {
        while true {
            let reclaimed = try await store.reclaim(limit: Self.batch, maxCrashes: maxCrashes)
            if !reclaimed.isEmpty {
                loop.logger.warning(
                    "claims of lost workers taken back",
                    metadata: [
                        "requeued": "\(reclaimed.requeued.count)", "dead": "\(reclaimed.dead.count)",
                        "cancelled": "\(reclaimed.cancelled.count)",
                    ])
            }
            guard reclaimed.count >= Self.batch else { return }
            try Task.checkCancellation()
        }
    }
}
