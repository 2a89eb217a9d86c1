public import RoostJobs
import Synchronization

extension SQLiteStore {
    /// Records one transaction of upkeep touches at most, so that it never holds up the callers behind it for long.
    private static let pass = 500

    /// Queues due jobs, at most 500 in a call; waits until one comes due or an earlier one is scheduled. Returns 0 when
    /// the time, at most an hour, is over or the task is cancelled.
    public func promoteDue(limit: Int, wait: Duration) async throws(StoreError) -> Int {
        let deadline = ContinuousClock.now + min(max(.zero, wait), .seconds(3600))
        let limit = min(max(1, limit), Self.pass)
        let committer = writer.committer
        while true {
            try closedCheck()
            if Task.isCancelled { return 0 }
            let generation = committer.schedule.generation
            var next = committer.ledger.withLock { $0.figures.nextDue }
            if let due = next, due <= now() {
                let count = try await writer.write(jobs: limit) { transaction throws(SQLiteFailure) in
                    try transaction.promoteDue(limit: limit)
                }
                if count > 0 { return count }
                next = committer.ledger.withLock { $0.figures.nextDue }
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
        let ledger = writer.committer
        let lapsed = ledger.ledger.withLock { $0.takeLapsed(by: .now, limit: limit) }
        guard !lapsed.isEmpty else { return Reclaimed() }
        do throws(StoreError) {
            return try await writer.write(jobs: lapsed.count) { transaction throws(SQLiteFailure) in
                var reclaimed = Reclaimed()
                for (id, lease) in lapsed {
                    try transaction.takeBack(id, token: lease.token, maxCrashes: maxCrashes, into: &reclaimed)
                }
                return reclaimed
            }
        } catch {
            // Nothing was taken back: the next pass must find them.
            ledger.ledger.withLock { ledger in
                for (id, lease) in lapsed where ledger.leases[id] == nil { ledger.leases[id] = lease }
            }
            throw error
        }
    }

    /// Deletes at most 500 records in a call.
    public func prune(limit: Int) async throws(StoreError) -> Int {
        try closedCheck()
        let limit = min(max(1, limit), Self.pass)
        return try await writer.write(jobs: limit) { transaction throws(SQLiteFailure) in
            try transaction.prune(limit: limit)
        }
    }
}
