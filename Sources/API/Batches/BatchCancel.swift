import RoostJobs

/// Calls a batch off: what has not started never does, what runs is told, and what follows a success has none to follow.
/// May be repeated.
struct BatchCancel: Sendable {
    let store: any JobStore
    let batch: BatchStatus
    let reason: String

    /// What became of the members.
    struct Result: Sendable {
        /// They had not started.
        var cancelled = 0
        /// They run; their workers are told.
        var requested = 0
        /// They had ended before.
        var ended = 0
    }

    func run() async throws(StoreError) -> Result {
        // Before it is closed, which would let it go when all members there are are done.
        if let follower = batch.onSuccess { _ = try await store.cancel(follower, reason: reason) }
        // Before the members, or more of them might come meanwhile.
        _ = try await store.closeBatch(batch.id)
        var result = Result()
        var offset = 0
        while true {
            let ids = try await store.batchMembers(batch.id, offset: offset, limit: Self.page)
            if ids.isEmpty { return result }
            offset += ids.count
            let ends = try await ids.atOnce { id throws(StoreError) in try await store.cancel(id, reason: reason) }
            for end in ends {
                switch end {
                case .cancelled: result.cancelled += 1
                case .requested: result.requested += 1
                case .ended, .unknown: result.ended += 1
                }
            }
        }
    }

    private static let page = 500
}
