import RoostJobs

/// Deletes the records whose time is over or that are too many, in bounded bites.
struct Pruner: Sendable {
    static let batch = 500

    let store: any JobStore
    let retention: Retention
    let every: Duration
    let loop: StoreLoop

    /// - Throws: `CancellationError`.
    func run() async throws {
        try await loop.run {
            while try await store.prune(limit: Self.batch, retention: retention) >= Self.batch {
                try Task.checkCancellation()
            }
            // Spread, so that the nodes of a cluster do not all come at once.
            try await loop.executor.sleep(for: every * Double.random(in: 0.8...1.2))
        }
    }
}
