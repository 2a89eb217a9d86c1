import RoostJobs

/// Replays dead letters in steps of a page, newest first, until there are no more or the limit is reached.
struct DeadReplay: Sendable {
    let store: any JobStore
    let wanted: ReplayEnvelope

    struct Result: Sendable {
        /// Dead letters looked at that are wanted.
        var matched = 0
        /// Those that were queued again; others were faster with the rest.
        var replayed = 0
        /// Whether the limit ended it.
        var hasMore = false
    }

    func run() async throws(StoreError) -> Result {
        if let ids = wanted.ids { try await some(ids) } else { try await all() }
    }

    private func all() async throws(StoreError) -> Result {
        var result = Result()
        var seen: Set<JobID> = []
        var offset = 0
        while true {
            let page = try await store.list(
                JobQuery(
                    state: .failed, type: wanted.type, queue: wanted.queue, offset: offset,
                    limit: JobQuery.maximumLimit))
            if page.jobs.isEmpty { return result }
            // One that failed again meanwhile is left alone.
            let new = page.jobs.map(\.id).filter { !seen.contains($0) }
            let step = new.prefix(wanted.limit - result.matched)
            seen.formUnion(step)
            result.matched += step.count
            let replayed = wanted.isDryRun ? 0 : try await replay(Array(step))
            result.replayed += replayed
            if step.count < new.count {
                result.hasMore = true
                return result
            }
            // What was replayed has left the list: the others move up.
            offset += page.jobs.count - replayed
        }
    }

    private func some(_ ids: [JobID]) async throws(StoreError) -> Result {
        var result = Result()
        var seen: Set<JobID> = []
        for id in ids where seen.insert(id).inserted {
            guard let job = try await store.job(id), wanted.matches(job) else { continue }
            guard result.matched < wanted.limit else {
                result.hasMore = true
                break
            }
            result.matched += 1
            if !wanted.isDryRun { result.replayed += try await replay([id]) }
        }
        return result
    }

    /// Replays at most a page at once: the store puts the calls together.
    private func replay(_ ids: [JobID]) async throws(StoreError) -> Int {
        let replays = try await ids.atOnce { [store] id throws(StoreError) in try await store.replay(id) }
        return replays.count { $0 == .queued }
    }
}
