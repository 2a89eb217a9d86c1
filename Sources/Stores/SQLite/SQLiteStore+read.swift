public import RoostJobs
import Synchronization

extension SQLiteStore {
    /// The job, read on the reader's thread: what was acknowledged before is seen.
    public func job(_ id: JobID) async throws(StoreError) -> JobRecord? {
        let now = now()
        return try await reader.read { connection throws(SQLiteFailure) in
            let query = try connection.statement(.job)
            query.bind(1, id)
            query.bind(2, now)
            return try query.records(of: connection).first
        }
    }

    /// The job that took the key last, until its time is over.
    public func job(uniqueKey: String) async throws(StoreError) -> JobRecord? {
        let now = now()
        return try await reader.read { connection throws(SQLiteFailure) in
            let query = try connection.statement(.jobByKey)
            query.bind(1, uniqueKey)
            query.bind(2, now)
            return try query.records(of: connection).first
        }
    }

    /// From memory; includes records whose time is over until they are pruned.
    public func counts() async throws(StoreError) -> StoreCounts {
        try closedCheck()
        return writer.committer.ledger.withLock { StoreCounts(queues: $0.counts, totals: $0.figures.totals) }
    }
}

extension SQLiteConnection {
    /// The jobs with the ids, as far as they are kept.
    func records(_ ids: [JobID], now: Timestamp) throws(SQLiteFailure) -> [JobRecord] {
        let job = try statement(.job)
        var jobs: [JobRecord] = []
        for id in ids {
            job.bind(1, id)
            job.bind(2, now)
            jobs += try job.records(of: self)
        }
        return jobs
    }
}

extension SQLiteStatement {
    /// The jobs of all rows.
    func records(of connection: SQLiteConnection) throws(SQLiteFailure) -> [JobRecord] {
        var records: [JobRecord] = []
        try eachRow { row throws(SQLiteFailure) in records.append(try JobRecord(row: row, of: connection)) }
        return records
    }
}
