import RoostJobs

/// Does one thing to all jobs that match, newest first within each state, a page at a time.
struct BulkAction: Sendable {
    let store: any JobStore
    let action: BulkActionEnvelope.Action
    let query: JobQuery
    let limit: Int
    let isDryRun: Bool
    let reason: String

    struct Result: Sendable {
        /// Jobs that match and are in a state in which it can be done to them.
        var matched = 0
        /// Those it was done to.
        var done = 0
        /// Those it could not be done to any more: they have moved on meanwhile.
        var failed = 0
        /// Whether the limit, or the time for one call, ended it.
        var hasMore = false
        /// The first that matched.
        var sample: [JobID] = []
    }

    /// Ids in a result.
    static let sampleSize = 10
    /// When a call stops to look for more. Some clients wait half a minute.
    static let patience = Duration.seconds(20)

    func run() async throws(StoreError) -> Result {
        let deadline = ContinuousClock.now + Self.patience
        var result = Result()
        var seen: Set<JobID> = []
        for state in action.states where query.state ?? state == state {
            var query = query
            query.state = state
            query.limit = JobQuery.maximumLimit
            repeat {
                let page = try await store.list(query)
                // One that has changed its state meanwhile may come again.
                let new = page.jobs.map(\.id).filter { !seen.contains($0) }
                let some = Array(new.prefix(limit - result.matched))
                seen.formUnion(some)
                result.matched += some.count
                result.sample += some.prefix(Self.sampleSize - result.sample.count)
                if !isDryRun {
                    let done = try await act(on: some)
                    result.done += done
                    result.failed += some.count - done
                }
                query.olderThan = page.next
                if some.count < new.count || (page.next != nil && ContinuousClock.now >= deadline) {
                    result.hasMore = true
                    return result
                }
            } while query.olderThan != nil
        }
        return result
    }

    /// Acts on a page of jobs at once: the store puts the calls together. Returns for how many it did something.
    private func act(on ids: [JobID]) async throws(StoreError) -> Int {
        let acted = try await ids.atOnce { id throws(StoreError) in try await act(on: id) }
        return acted.count { $0 }
    }

    private func act(on id: JobID) async throws(StoreError) -> Bool {
        switch action {
        case .cancel:
            switch try await store.cancel(id, reason: reason) {
            case .cancelled, .requested: true
            case .ended, .unknown: false
            }
        case .retry: try await store.replay(id) == .queued
        case .delete: try await store.delete(id) == .deleted
        }
    }
}
