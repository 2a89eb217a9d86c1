import RoostJobs

/// A job's row without its payload and result: its spot and what decides about it.
struct JobRow {
    let spot: JobSpot
    let attempt: Int
    let expiresAt: Timestamp?
    let runAt: Timestamp?
    let waiting: Int?
    let body: Int64?
    let worker: String?
    let uniqueKey: String?
    let holdsKey: Bool
    let hasStarted: Bool

    var state: JobState { spot.state }

    func isLive(_ now: Timestamp) -> Bool { expiresAt.map { $0 > now } ?? true }
}

extension JobRow {
    init(row: SQLiteStatement) throws(SQLiteFailure) {
        spot = try JobSpot(row: row)
        attempt = row.count(7)
        expiresAt = row.time(8)
        runAt = row.time(9)
        waiting = row.isNull(10) ? nil : row.count(10)
        body = row.isNull(11) ? nil : row.integer(11)
        worker = row.optionalText(12)
        uniqueKey = row.optionalText(13)
        holdsKey = row.integer(14) != 0
        hasStarted = row.integer(15) != 0
    }
}
