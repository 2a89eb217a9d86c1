import RoostJobs

/// What is read without changing anything.
extension SQLiteQuery {
    static let saveLedger = SQLiteQuery(
        """
        UPDATE ledger SET sequence = ?1, enqueued = ?2, started = ?3, done = ?4, retried = ?5, failed = ?6, \
        reclaimed = ?7
        """)
    static let loadLedger = SQLiteQuery(
        "SELECT sequence, enqueued, started, done, retried, failed, reclaimed FROM ledger")
    static let countStates = SQLiteQuery("SELECT queue, state, count(*) FROM jobs GROUP BY queue, state")
    static let countReady = SQLiteQuery(
        """
        SELECT queue, priority, type, count(*) FROM jobs WHERE state = 1 AND tenant IS NULL \
        GROUP BY queue, priority, type
        """)
    static let countReadyByTenant = SQLiteQuery(
        """
        SELECT queue, priority, type, tenant, count(*) FROM jobs WHERE state = 1 AND tenant IS NOT NULL \
        GROUP BY queue, priority, type, tenant ORDER BY min(sequence)
        """)
    static let countRunningByTenant = SQLiteQuery(
        "SELECT queue, tenant, count(*) FROM jobs WHERE state = 2 AND tenant IS NOT NULL GROUP BY queue, tenant")

    static let job = SQLiteQuery(
        "SELECT \(JobRecord.columns) FROM jobs WHERE id = ?1 AND (expires_at IS NULL OR expires_at > ?2)")
    static let jobByKey = SQLiteQuery(
        """
        SELECT \(JobRecord.columns) FROM jobs \
        WHERE unique_key = ?1 AND holds_key = 1 AND (expires_at IS NULL OR expires_at > ?2)
        """)
    static let parents = SQLiteQuery("SELECT parent FROM dependencies WHERE child = ?1 ORDER BY place")
    static let newest = SQLiteQuery(
        """
        SELECT \(JobRecord.columns) FROM jobs WHERE expires_at IS NULL OR expires_at > ?1 \
        ORDER BY id DESC LIMIT ?2 OFFSET ?3
        """)
    static let newestInState = SQLiteQuery(
        """
        SELECT \(JobRecord.columns) FROM jobs INDEXED BY jobs_by_state \
        WHERE state = ?4 AND (expires_at IS NULL OR expires_at > ?1) ORDER BY id DESC LIMIT ?2 OFFSET ?3
        """)
}
