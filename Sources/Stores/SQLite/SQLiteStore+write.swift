public import RoostJobs
import Synchronization

extension SQLiteStore {
    /// All of the jobs or none, in one transaction with those of other callers. Throws `.invalid` for a job that breaks a
    /// limit or names a batch that is not open, `.unavailable` when the disk is full.
    public func enqueue(_ jobs: [NewJob]) async throws(StoreError) -> [Enqueued] {
        try closedCheck()
        try StoreRequest.check(jobs)
        guard !jobs.isEmpty else { return [] }
        let results = try await writer.write(jobs: jobs.count) { transaction throws(SQLiteFailure) in
            try transaction.enqueue(jobs)
        }
        guard let results else { throw StoreError(.invalid, "the batch is not open") }
        return results
    }

    /// Hands out jobs by priority, then queue as asked, then whoever waited longest, in all at most 64 MiB of payloads.
    /// A claim that is cancelled after it went to the file returns what it got. One that waits is served by the very
    /// transaction that queues a job for it.
    public func claim(_ request: ClaimRequest) async throws(StoreError) -> [Claim] {
        let request = try StoreRequest.clamped(request)
        let deadline = ContinuousClock.now + request.wait
        let committer = writer.committer
        while true {
            try closedCheck()
            if Task.isCancelled { return [] }
            let generation = committer.ready.generation
            var retryAt: Timestamp?
            if committer.ledger.withLock({ $0.hasWork(queues: request.queues, types: request.types) }) {
                let claimed = try await writer.write(jobs: request.limit) { transaction throws(SQLiteFailure) in
                    let claimed = try transaction.claim(request)
                    request.receipt?.note(claimed.claims)
                    return claimed
                }
                if !claimed.claims.isEmpty { return claimed.claims }
                if claimed.gaveUp { continue }
                retryAt = claimed.retryAt
            }
            let left = deadline - .now
            if left <= .zero { return [] }
            // A rate may allow more before anything happens.
            let wait = retryAt.map { max(.zero, $0.since(now())) + .milliseconds(1) } ?? left
            let parked = committer.parked.park(request)
            await committer.ready.wait(after: generation, upTo: min(left, wait))
            let claims = await committer.parked.leave(parked)
            if !claims.isEmpty { return claims }
        }
    }

    /// Records the outcome. Repeated with the same ticket it says `.settled`, whatever the outcome: the first one stands.
    public func settle(_ ticket: Claim.Ticket, _ outcome: Outcome) async throws(StoreError) -> Settlement {
        try closedCheck()
        try StoreRequest.check(outcome)
        return try await writer.write { transaction throws(SQLiteFailure) in try transaction.settle(ticket, outcome) }
    }

    /// Records all of them in one transaction, or none.
    public func settle(_ ends: [AttemptEnd]) async throws(StoreError) -> [Settlement] {
        try closedCheck()
        for end in ends { try StoreRequest.check(end.outcome) }
        return try await writer.write(jobs: ends.count) { transaction throws(SQLiteFailure) in
            var settlements: [Settlement] = []
            for end in ends { settlements.append(try transaction.settle(end.ticket, end.outcome)) }
            return settlements
        }
    }

    /// Holds the claims for 1 ms to a day from now.
    ///
    /// Leases live in memory, so this neither waits for the disk nor fails when it is full.
    public func extend(_ tickets: [Claim.Ticket], lease: Duration) async throws(StoreError) -> Extended {
        try closedCheck()
        let lease = min(max(.milliseconds(1), lease), .seconds(86_400))
        return writer.committer.ledger.withLock { $0.extend(tickets, until: SuspendingClock.now.advanced(by: lease)) }
    }
}
