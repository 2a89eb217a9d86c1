import RoostJobs

/// Listens for running jobs that somebody wants cancelled, so that they hear of it long before their lease is extended.
struct CancelListener: Sendable {
    let store: any JobStore
    let pools: WorkerPools
    let loop: StoreLoop

    /// - Throws: `CancellationError`.
    func run() async throws {
        try await loop.run {
            for await id in store.cancellations() { pools.hint(id) }
            // Ended by itself: the store is closed.
            try await loop.executor.sleep(for: .seconds(1))
        }
    }
}
