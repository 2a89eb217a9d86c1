import RoostJobs

/// Taking jobs in, and letting them go.
extension SQLiteQuery {
    private static let columns = """
        id, state, queue, type, priority, sequence, attempt, crashes, max_attempts, timeout, result_ttl, unique_key, \
        holds_key, inserted_at, run_at, body, payload
        """
    private static let values = "?1, ?2, ?3, ?4, ?5, ?6, 0, 0, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15"
    static let insertJob = SQLiteQuery("INSERT INTO jobs (\(columns)) VALUES (\(values)) ON CONFLICT (id) DO NOTHING")
    static let insertRareJob = SQLiteQuery(
        """
        INSERT INTO jobs (\(columns), tenant, flags, waiting, overdue_at, error, finished_at, expires_at) \
        VALUES (\(values), ?16, ?17, ?18, ?19, ?20, ?21, ?22) ON CONFLICT (id) DO NOTHING
        """)
    static let insertBody = SQLiteQuery("INSERT INTO bodies (body, payload) VALUES (?1, ?2)")
    static let body = SQLiteQuery("SELECT payload FROM bodies WHERE body = ?1")
    static let deleteBody = SQLiteQuery("DELETE FROM bodies WHERE body = ?1")
    static let deleteJob = SQLiteQuery("DELETE FROM jobs WHERE id = ?1")
    static let insertExtras = SQLiteQuery(
        "INSERT OR REPLACE INTO job_extras (\(JobExtras.columns)) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
    )
    static let extras = SQLiteQuery("SELECT \(JobExtras.columns) FROM job_extras WHERE job = ?1")
    static let deleteExtras = SQLiteQuery("DELETE FROM job_extras WHERE job = ?1")
    static let spot = SQLiteQuery("SELECT \(JobSpot.columns) FROM jobs WHERE id = ?1")
    static let addFlags = SQLiteQuery("UPDATE jobs SET flags = flags | ?2 WHERE id = ?1")

    static let keyHolder = SQLiteQuery(
        "SELECT id, state, expires_at, flags FROM jobs WHERE unique_key = ?1 AND holds_key = 1")
    static let releaseKey = SQLiteQuery("UPDATE jobs SET holds_key = 0 WHERE unique_key = ?1 AND holds_key = 1")
    static let takeKey = SQLiteQuery("UPDATE jobs SET holds_key = 1 WHERE id = ?1")
    static let keptKey = SQLiteQuery("SELECT job, until FROM kept_keys WHERE key = ?1")
    static let keepKey = SQLiteQuery("INSERT OR REPLACE INTO kept_keys (key, job, until) VALUES (?1, ?2, ?3)")
    static let dropKey = SQLiteQuery("DELETE FROM kept_keys WHERE key = ?1")
    static let dropKeys = SQLiteQuery(
        "DELETE FROM kept_keys WHERE key IN (SELECT key FROM kept_keys WHERE until <= ?1 ORDER BY until LIMIT ?2)")

    static let request = SQLiteQuery("SELECT job, digest FROM requests WHERE key = ?1 AND until > ?2")
    static let keepRequest = SQLiteQuery(
        "INSERT OR REPLACE INTO requests (key, digest, job, until) VALUES (?1, ?2, ?3, ?4)")
    static let dropRequests = SQLiteQuery(
        "DELETE FROM requests WHERE key IN (SELECT key FROM requests WHERE until <= ?1 ORDER BY until LIMIT ?2)")

    static let expired = SQLiteQuery(
        """
        SELECT id FROM jobs INDEXED BY jobs_expiring WHERE state = ?1 AND expires_at IS NOT NULL AND expires_at <= ?2 \
        ORDER BY expires_at, id LIMIT ?3
        """)
}
