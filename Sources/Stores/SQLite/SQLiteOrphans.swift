import RoostJobs

/// A table of things kept about jobs, as a check reads it.
struct SQLiteOrphans {
    /// The word for what has no job there.
    let kind: String
    let table: String
    /// The column with the job's id.
    let job: String
    /// The next ids there are, and for each whether its job is gone.
    let scan: SQLiteQuery
    /// Deletes what is kept of a job that is gone.
    let delete: SQLiteQuery

    static let all = [
        SQLiteOrphans("orphan-state", "job_extras"), SQLiteOrphans("orphan-note", "failures"),
        SQLiteOrphans("orphan-note", "progress"), SQLiteOrphans("orphan-note", "logs"),
        SQLiteOrphans("dangling-index", "dependencies", job: "child"),
    ]

    private init(_ kind: String, _ table: String, job: String = "job") {
        self.kind = kind
        self.table = table
        self.job = job
        scan = SQLiteQuery(
            """
            SELECT \(job), NOT EXISTS (SELECT 1 FROM jobs WHERE id = \(table).\(job)) FROM \(table) \
            WHERE \(job) > ?1 GROUP BY \(job) ORDER BY \(job) LIMIT ?2
            """)
        delete = SQLiteQuery(
            "DELETE FROM \(table) WHERE \(job) = ?1 AND NOT EXISTS (SELECT 1 FROM jobs WHERE id = ?1)")
    }
}
