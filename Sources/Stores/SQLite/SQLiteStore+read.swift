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

    /// A page. Throws `.unavailable` when it takes longer than the configuration's `readTimeout`.
    public func list(_ query: JobQuery) async throws(StoreError) -> JobPage {
        // A negative number would mean "all" to SQLite.
        let query = JobQuery(
            state: query.state, type: query.type, queue: query.queue, offset: query.offset, limit: query.limit)
        let now = now()
        guard query.type == nil, query.queue == nil else {
            let jobs = try await reader.read { connection throws(SQLiteFailure) in
                try Self.search(query, now: now, connection)
            }
            return JobPage(jobs: jobs, total: nil)
        }
        let jobs = try await reader.read { connection throws(SQLiteFailure) in
            let newest = try connection.statement(query.state == nil ? .newest : .newestInState)
            newest.bind(1, now)
            newest.bind(2, query.limit)
            newest.bind(3, query.offset)
            if let state = query.state { newest.bind(4, state) }
            return try newest.records(of: connection)
        }
        let counts = try await counts()
        return JobPage(jobs: jobs, total: query.state.map { counts[$0] } ?? counts.total)
    }

    private static func search(
        _ query: JobQuery, now: Timestamp, _ connection: SQLiteConnection
    ) throws(SQLiteFailure) -> [JobRecord] {
        let search = try connection.statement(query.state == nil ? .search : .searchInState)
        search.bind(1, now)
        search.bind(2, query.limit)
        search.bind(3, query.offset)
        search.bind(4, query.type)
        search.bind(5, query.queue)
        if let state = query.state { search.bind(6, state) }
        var ids: [JobID] = []
        try search.eachRow { row throws(SQLiteFailure) in ids.append(try row.id(0)) }
        return try connection.records(ids, now: now)
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
    fileprivate func records(of connection: SQLiteConnection) throws(SQLiteFailure) -> [JobRecord] {
        var records: [JobRecord] = []
        try eachRow { row throws(SQLiteFailure) in records.append(try JobRecord(row: row, of: connection)) }
        return records
    }
}
