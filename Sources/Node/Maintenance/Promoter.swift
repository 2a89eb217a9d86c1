import RoostJobs

/// Queues scheduled jobs when their time comes; the store wakes it for the next one due.
struct Promoter: Sendable {
    let store: any JobStore
    let wait: Duration
    let loop: StoreLoop

    /// - Throws: `CancellationError`.
    func run() async throws {
        try await loop.run { _ = try await store.promoteDue(limit: 500, wait: wait) }
    }
}
