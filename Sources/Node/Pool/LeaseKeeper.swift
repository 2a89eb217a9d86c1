import RoostJobs

/// Extends the leases of everything that runs or waits to be settled, on a thread that no handler blocks: a slow handler
/// must not look like a dead worker.
struct LeaseKeeper: Sendable {
    /// Tickets in one call, the bound of a store's scripts.
    static let batch = 500

    let store: any JobStore
    let pool: WorkerPool
    let lease: Duration
    let every: Duration
    let loop: StoreLoop

    /// - Throws: `CancellationError`.
    func run() async throws {
        try await loop.run {
            let started = ContinuousClock.now
            try await extend()
            // From start to start: a slow store must not stretch the rhythm.
            try await loop.executor.sleep(for: max(.zero, every - (.now - started)))
        }
    }

    private func extend() async throws(StoreError) {
        var left = pool.tickets[...]
        while !left.isEmpty {
            let lost = try await store.extend(Array(left.prefix(Self.batch)), lease: lease)
            if !lost.isEmpty { pool.lose(lost) }
            left = left.dropFirst(Self.batch)
        }
    }
}
