import RoostJobs

/// A job's attempts: waiting, starting, ending, being taken back.
extension SQLiteQuery {
    static let ready = SQLiteQuery(
        """
        SELECT sequence, id FROM jobs INDEXED BY jobs_ready WHERE state = 1 AND tenant IS NULL AND queue = ?1 \
        AND priority = ?2 AND type = ?3 AND sequence > ?4 ORDER BY sequence LIMIT ?5
        """)
    static let readyOfTenant = SQLiteQuery(
        """
        SELECT sequence, id FROM jobs INDEXED BY jobs_ready_by_tenant WHERE state = 1 AND tenant IS NOT NULL \
        AND queue = ?1 AND priority = ?2 AND type = ?3 AND tenant = ?4 ORDER BY sequence LIMIT 1
        """)
    static let record = SQLiteQuery("SELECT \(JobRecord.columns) FROM jobs WHERE id = ?1")
    static let claim = SQLiteQuery(
        """
        UPDATE jobs SET state = 2, attempt = attempt + 1, token = ?2, started_at = ?3, worker = ?4, overdue_at = ?5 \
        WHERE id = ?1
        """)

    // A ticket says queue, type and priority; a forged one must not bring the counts out of step.
    private static let byTicket = """
        WHERE id = ?1 AND state = 2 AND token = ?2 AND queue = ?3 AND type = ?4 AND priority = ?5 AND tenant IS ?6
        """
    static let succeed = SQLiteQuery(
        """
        UPDATE jobs SET state = 3, result = ?7, error = NULL, finished_at = ?8, expires_at = ?8 + result_ttl \(byTicket)
        """)
    static let attempt = SQLiteQuery("SELECT \(JobAttempt.columns) FROM jobs \(byTicket)")
    static let settled = SQLiteQuery("SELECT 1 FROM jobs WHERE id = ?1 AND token = ?2 AND state <> 2")
    static let requeue = SQLiteQuery(
        """
        UPDATE jobs SET state = ?2, run_at = ?3, error = coalesce(?4, error), attempt = ?5, sequence = ?6, \
        overdue_at = ?7, flags = flags | ?8 WHERE id = ?1
        """)
    static let end = SQLiteQuery(
        """
        UPDATE jobs SET state = ?2, error = ?3, finished_at = ?4, expires_at = ?4 + coalesce(?5, result_ttl), \
        run_at = NULL, waiting = NULL, attempt = attempt - ?6, flags = flags | ?7 WHERE id = ?1
        """)

    static let lost = SQLiteQuery(
        "SELECT \(JobAttempt.columns) FROM jobs WHERE id = ?1 AND state = 2 AND (?2 IS NULL OR token = ?2)")
    static let takeBack = SQLiteQuery("UPDATE jobs SET crashes = ?2, token = NULL WHERE id = ?1")
    static let running = SQLiteQuery("SELECT id FROM jobs WHERE state = 2 ORDER BY id LIMIT ?1")

    static let keepWish = SQLiteQuery("INSERT OR REPLACE INTO wishes (job, reason) VALUES (?1, ?2)")
    static let dropWish = SQLiteQuery("DELETE FROM wishes WHERE job = ?1")
    static let wishes = SQLiteQuery("SELECT job, reason FROM wishes")
    static let replay = SQLiteQuery(
        """
        UPDATE jobs SET state = 1, sequence = ?2, crashes = 0, error = NULL, result = NULL, finished_at = NULL, \
        expires_at = NULL, run_at = NULL, waiting = NULL, overdue_at = NULL, flags = ?3 WHERE id = ?1
        """)
}
