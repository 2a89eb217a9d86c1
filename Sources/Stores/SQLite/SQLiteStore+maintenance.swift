public import RoostJobs
import Synchronization

extension SQLiteStore {
    /// Records one transaction of upkeep touches at most, so that it never holds up the callers behind it for long.
    private static let pass = 500

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

    public func prune(limit: Int) async throws(StoreError) -> Int {
        try closedCheck()
        let limit = min(max(1, limit), Self.pass)
        return try await writer.write(jobs: limit) { transaction throws(SQLiteFailure) in
            try transaction.prune(limit: limit)
        }
    }
}
