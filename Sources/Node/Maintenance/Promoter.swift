import RoostJobs

/// Moves on what time or other jobs decide: queues scheduled jobs, ends those whose time is over, lets go of what waits
/// for jobs or batches that ended. The store wakes it.
struct Promoter: Sendable {
    let store: any JobStore
    let wait: Duration
    let loop: StoreLoop

    /// - Throws: `CancellationError`.
    func run() async throws {
        try await loop.run { _ = try await store.promoteDue(limit: 500, wait: wait) }
    }
}
