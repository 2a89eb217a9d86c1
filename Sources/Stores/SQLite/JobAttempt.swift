import RoostJobs

/// An attempt under way, as its end must know it.
struct JobAttempt {
    let spot: JobSpot
    let attempt: Int
    let crashes: Int
    let startedAt: Timestamp?
    let worker: String?
    /// The job's deadline: once it has started, nothing else makes it overdue.
    let deadline: Timestamp?
    let token: Int64?

    static let columns =
        "id, state, queue, type, priority, tenant, flags, attempt, crashes, started_at, worker, overdue_at, token"

    init(row: SQLiteStatement) throws(SQLiteFailure) {
        spot = try JobSpot(row: row)
        attempt = row.count(7)
        crashes = row.count(8)
        startedAt = row.time(9)
        worker = row.optionalText(10)
        deadline = row.time(11)
        token = row.isNull(12) ? nil : row.integer(12)
    }
}
