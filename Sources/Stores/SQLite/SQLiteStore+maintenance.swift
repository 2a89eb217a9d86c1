public import RoostJobs
import Synchronization

extension SQLiteStore {
    /// Records one transaction of upkeep touches at most, so that it never holds up the callers behind it for long.
    private static let pass = 500

    /// See `JobStore`: at most 500 steps in a transaction. Returns 0 when the time, at most an hour, is over or the task
    /// is cancelled.
    public func promoteDue(limit: Int, wait: Duration) async throws(StoreError) -> Int {
        let deadline = ContinuousClock.now + min(max(.zero, wait), .seconds(3600))
        let limit = min(max(1, limit), Self.pass)
        let committer = writer.committer
        while true {
            try closedCheck()
            if Task.isCancelled { return 0 }
            let generation = committer.schedule.generation
            var next = committer.ledger.withLock { $0.nextStep(now()) }
            if let due = next, due <= now() {
                let promoted = try await writer.write(jobs: limit) { transaction throws(SQLiteFailure) in
                    try transaction.promoteDue(limit: limit)
                }
                if promoted.moved > 0 { return promoted.moved }
                if promoted.hasMore { continue }
                next = committer.ledger.withLock { $0.nextStep(now()) }
            }
            let left = deadline - .now
            if left <= .zero { return 0 }
            // One millisecond more than the wall clock says, lest the timer end just before it.
            let untilDue = next.map { max(.zero, $0.since(now())) + .milliseconds(1) }
            await committer.schedule.wait(after: generation, upTo: min(left, untilDue ?? left))
        }
    }

    /// Takes back at most 500 claims in a call. Touches the file only when a lease ran out.
    public func reclaim(limit: Int, maxCrashes: Int) async throws(StoreError) -> Reclaimed {
        try closedCheck()
        let limit = min(max(1, limit), Self.pass)
        return try await takeBack(
            writer.committer.ledger.withLock { $0.takeLapsed(by: .now, limit: limit) }, maxCrashes: maxCrashes)
    }

    /// Takes back at most 500 claims in a call.
    public func reclaim(worker: String, limit: Int, maxCrashes: Int) async throws(StoreError) -> Reclaimed {
        try closedCheck()
        let limit = min(max(1, limit), Self.pass)
        return try await takeBack(
            writer.committer.ledger.withLock { $0.takeLeases(of: worker, limit: limit) }, maxCrashes: maxCrashes)
    }

    private func takeBack(
        _ taken: [(id: JobID, lease: SQLiteLedger.Lease)], maxCrashes: Int
    ) async throws(StoreError) -> Reclaimed {
        guard !taken.isEmpty else { return Reclaimed() }
        let ledger = writer.committer
        do throws(StoreError) {
            let reclaimed = try await writer.write(jobs: taken.count) { transaction throws(SQLiteFailure) in
                var reclaimed = Reclaimed()
                for (id, lease) in taken {
                    try transaction.takeBack(id, token: lease.token, maxCrashes: maxCrashes, into: &reclaimed)
                }
                return reclaimed
            }
            ledger.ledger.withLock { $0.taken.subtract(taken.map(\.id)) }
            return reclaimed
        } catch {
            // Nothing was taken back: the next pass must find them.
            ledger.ledger.withLock { $0.giveBack(taken) }
            throw error
        }
    }

    /// Deletes at most 500 records in a call, and keys and batches whose time is over beside them.
    public func prune(limit: Int, retention: Retention) async throws(StoreError) -> Int {
        try closedCheck()
        let limit = min(max(1, limit), Self.pass)
        let now = now()
        writer.committer.ledger.withLock { $0.forgetStarts(now) }
        return try await writer.write(jobs: limit) { transaction throws(SQLiteFailure) in
            try transaction.prune(limit: limit, retention: retention)
        }
    }
}
