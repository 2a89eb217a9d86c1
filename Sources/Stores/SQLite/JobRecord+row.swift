import CSQLite
import RoostJobs

extension JobRecord {
    /// The columns `init(row:of:)` reads, in its order.
    static let columns = """
        id, state, queue, type, priority, attempt, crashes, max_attempts, timeout, result_ttl, unique_key, inserted_at, \
        run_at, started_at, finished_at, expires_at, worker, error, body, payload, result, tenant, flags
        """

    /// The place of the flags in `columns`.
    static let flagsColumn: Int32 = 22

    /// Reads a job from a row of `columns`; a payload kept apart and rare fields cost one more look-up each.
    init(row: SQLiteStatement, of connection: SQLiteConnection) throws(SQLiteFailure) {
        var payload = row.bytes(19)
        if !row.isNull(18) {
            let body = try connection.statement(.body)
            body.bind(1, row.integer(18))
            var isThere = false
            try body.eachRow { row in
                payload = row.bytes(0)
                isThere = true
            }
            guard isThere else { throw SQLiteFailure(code: SQLITE_CORRUPT, message: "a job without its payload") }
        }
        let job = NewJob(
            id: try row.id(0), type: row.text(3), queue: row.text(2), payload: payload, priority: row.count(4),
            maxAttempts: row.count(7), timeout: row.duration(8), resultTTL: row.duration(9),
            uniqueKey: row.optionalText(10))
        self.init(
            job, state: try row.state(1), insertedAt: Timestamp(microseconds: row.integer(11)), runAt: row.time(12))
        attempt = row.count(5)
        crashes = row.count(6)
        startedAt = row.time(13)
        finishedAt = row.time(14)
        expiresAt = row.time(15)
        worker = row.optionalText(16)
        error = row.optionalText(17)
        result = row.optionalBytes(20)
        tenant = row.optionalText(21)
        let flags = JobFlags(rawValue: row.integer(Self.flagsColumn))
        hasParents = flags.contains(.parents)
        if flags.contains(.extras) { take(try connection.extras(of: id)) }
    }

    private mutating func take(_ extras: JobExtras) {
        retry = extras.retry
        startBy = extras.startBy
        deadline = extras.deadline
        tags = extras.tags
        terms = extras.terms
        trace = extras.trace
        parentRule = extras.parentRule
        batch = extras.batch
        attemptsBefore = extras.attemptsBefore
    }
}
