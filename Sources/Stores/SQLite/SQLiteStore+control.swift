public import RoostJobs
import Synchronization

extension SQLiteStore {
    /// See `JobControl`.
    public func cancel(_ id: JobID, reason: String) async throws(StoreError) -> Cancellation {
        try closedCheck()
        return try await writer.write { transaction throws(SQLiteFailure) in
            try transaction.cancel(id, reason: reason)
        }
    }

    /// See `JobControl`.
    public func replay(_ id: JobID) async throws(StoreError) -> Replay {
        try closedCheck()
        return try await writer.write { transaction throws(SQLiteFailure) in try transaction.replay(id) }
    }

    /// See `JobControl`.
    public func delete(_ id: JobID) async throws(StoreError) -> Deletion {
        try closedCheck()
        return try await writer.write { transaction throws(SQLiteFailure) in try transaction.delete(id) }
    }

    /// See `JobControl`. Throws `.invalid` for a job that breaks a limit.
    public func bury(_ job: NewJob, error: String) async throws(StoreError) {
        try closedCheck()
        try StoreRequest.check([job])
        try await writer.write { transaction throws(SQLiteFailure) in try transaction.bury(job, error: error) }
    }

    /// See `JobControl`.
    public func cancellations() -> AsyncStream<JobID> { writer.committer.wishes.stream() }

    // MARK: Notes

    /// Keeps notes with the job, as durably as an outcome.
    public func note(
        _ ticket: Claim.Ticket, progress: [UInt8]?, log: [String]
    ) async throws(StoreError) -> Settlement {
        try closedCheck()
        try StoreRequest.check(progress: progress)
        return try await writer.write { transaction throws(SQLiteFailure) in
            try transaction.note(ticket, progress: progress, log: log)
        }
    }

    /// See `AttemptNotes`.
    public func notes(_ id: JobID) async throws(StoreError) -> JobNotes? {
        let now = now()
        let wish = writer.committer.ledger.withLock { $0.wishes[id] }
        return try await reader.read { connection throws(SQLiteFailure) in
            guard let job = try connection.row(id), job.isLive(now) else { return nil }
            var notes = try connection.notes(of: id, flags: job.spot.flags)
            if job.state == .running { notes.cancelReason = wish }
            return notes
        }
    }

    /// See `AttemptNotes`.
    public func parents(of id: JobID) async throws(StoreError) -> [JobRecord] {
        let now = now()
        return try await reader.read { connection throws(SQLiteFailure) in
            guard let job = try connection.row(id), job.isLive(now) else { return [] }
            return try connection.parents(of: id, now: now)
        }
    }

    // MARK: Workers

    /// Keeps the notice in memory: whoever serves a file is in its process.
    public func announce(_ worker: WorkerNotice, ttl: Duration) async throws(StoreError) {
        try closedCheck()
        let until = now().advanced(by: ttl)
        writer.committer.ledger.withLock { ledger in
            ledger.notices[worker.worker] = .init(notice: worker, until: until)
        }
    }

    /// See `WorkerDirectory`.
    public func withdraw(worker: String) async throws(StoreError) {
        try closedCheck()
        writer.committer.ledger.withLock { $0.notices[worker] = nil }
    }

    /// By name.
    public func workers() async throws(StoreError) -> [WorkerNotice] {
        try closedCheck()
        let now = now()
        return writer.committer.ledger.withLock { ledger in
            ledger.notices = ledger.notices.filter { $0.value.until > now }
            return ledger.notices.values.map(\.notice).sorted { $0.worker < $1.worker }
        }
    }
}

extension SQLiteConnection {
    /// A job's row without its payload and result.
    func row(_ id: JobID) throws(SQLiteFailure) -> JobRow? {
        var found: JobRow?
        let query = try statement(.spot)
        query.bind(1, id)
        try query.eachRow { row throws(SQLiteFailure) in found = try JobRow(row: row) }
        return found
    }

    /// The jobs it waits or waited for, as far as they are kept.
    func parents(of id: JobID, now: Timestamp) throws(SQLiteFailure) -> [JobRecord] {
        var parents: [JobID] = []
        let query = try statement(.parents)
        query.bind(1, id)
        try query.eachRow { row throws(SQLiteFailure) in parents.append(try row.id(0)) }
        return try records(parents, now: now)
    }

    /// What its attempts left, but for a wish to cancel it.
    func notes(of id: JobID, flags: JobFlags) throws(SQLiteFailure) -> JobNotes {
        var notes = JobNotes()
        if flags.contains(.failures) {
            let failures = try statement(.failures)
            failures.bind(1, id)
            try failures.eachRow { row in
                notes.failures.append(
                    FailedAttempt(
                        attempt: row.count(0), startedAt: Timestamp(microseconds: row.integer(1)),
                        endedAt: Timestamp(microseconds: row.integer(2)), worker: row.text(3), error: row.text(4)))
            }
        }
        guard flags.contains(.notes) else { return notes }
        let progress = try statement(.progress)
        progress.bind(1, id)
        try progress.eachRow { row in notes.progress = row.optionalBytes(0) }
        let lines = try statement(.lines)
        lines.bind(1, id)
        try lines.eachRow { row in
            notes.log.append(
                LogLine(at: Timestamp(microseconds: row.integer(0)), attempt: row.count(1), text: row.text(2)))
        }
        return notes
    }
}
