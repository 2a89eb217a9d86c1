import RoostJobs

/// Extends the leases of everything that runs or waits to be settled, on a thread that no handler blocks: a slow handler
/// must not look like a dead worker. The store's answer also says what is to be cancelled, so that a hint of that
/// kind has the jobs in question extended at once.
struct LeaseKeeper: Sendable {
    /// Tickets in one call, the bound of a store's scripts.
    static let batch = 500

    let store: any JobStore
    let pools: WorkerPools
    let lease: Duration
    let every: Duration
    let loop: StoreLoop

    /// - Throws: `CancellationError`.
    func run() async throws {
        var next = ContinuousClock.now
        try await loop.run {
            let generation = pools.signals.hinted.generation
            let now = ContinuousClock.now
            if now >= next {
                try await extend(pools.tickets)
                // From start to start: a slow store must not stretch the rhythm.
                next = now + every
            } else {
                do {
                    try await extend(pools.takeHinted())
                } catch {
                    // The hints are taken: ask about everything.
                    next = now
                    throw error
                }
            }
            await pools.signals.hinted.wait(after: generation, upTo: next - .now)
        }
    }

    private func extend(_ tickets: [Claim.Ticket]) async throws(StoreError) {
        var left = tickets[...]
        while !left.isEmpty {
            pools.apply(try await store.extend(Array(left.prefix(Self.batch)), lease: lease))
            left = left.dropFirst(Self.batch)
        }
    }
}
