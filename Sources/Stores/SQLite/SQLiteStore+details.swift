public import RoostJobs
import Synchronization

extension SQLiteStore {
    /// The job with its notes, parents and what it waits for, all of one moment: one read transaction.
    public func details(_ id: JobID) async throws(StoreError) -> JobDetails? {
        try closedCheck()
        let now = now()
        let wish = writer.committer.ledger.withLock { $0.wishes[id] }
        let found = try await reader.read { connection throws(SQLiteFailure) in
            try connection.details(id, now: now)
        }
        guard let found else { return nil }
        var details = found.details
        switch details.job.state {
        case .running: details.notes.cancelReason = wish
        case .scheduled, .queued: details.waiting = reasons(for: found.waiter, now: now)
        case .done, .failed, .cancelled: break
        }
        return details
    }
}

extension SQLiteConnection {
    /// A job with what the file tells of it, and what it waits for.
    fileprivate func details(
        _ id: JobID, now: Timestamp
    ) throws(SQLiteFailure) -> (details: JobDetails, waiter: SQLiteWaiter)? {
        let query = try statement(.job)
        query.bind(1, id)
        query.bind(2, now)
        guard let job = try query.records(of: self).first, let waiter = try waiter(id, now: now) else { return nil }
        let notes = try notes(of: id, flags: waiter.job.spot.flags)
        let parents = job.hasParents ? try parents(of: id, now: now) : []
        return (JobDetails(job, notes: notes, parents: parents, waiting: []), waiter)
    }
}
