/// What is kept about jobs beside their records.
extension SQLiteQuery {
    static let insertFailure = SQLiteQuery(
        """
        INSERT OR REPLACE INTO failures (job, attempt, started_at, ended_at, worker, error) \
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        """)
    static let dropFailures = SQLiteQuery(
        """
        DELETE FROM failures WHERE job = ?1 \
        AND attempt <= (SELECT attempt FROM failures WHERE job = ?1 ORDER BY attempt DESC LIMIT 1 OFFSET ?2)
        """)
    static let failures = SQLiteQuery(
        "SELECT attempt, started_at, ended_at, worker, error FROM failures WHERE job = ?1 ORDER BY attempt")
    static let deleteFailures = SQLiteQuery("DELETE FROM failures WHERE job = ?1")

    static let progress = SQLiteQuery("SELECT progress, log_bytes, last_line FROM progress WHERE job = ?1")
    static let saveProgress = SQLiteQuery(
        """
        INSERT INTO progress (job, progress, log_bytes, last_line) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (job) \
        DO UPDATE SET progress = coalesce(?2, progress), log_bytes = ?3, last_line = ?4
        """)
    static let deleteProgress = SQLiteQuery("DELETE FROM progress WHERE job = ?1")
    static let insertLine = SQLiteQuery(
        "INSERT INTO logs (job, line, at, attempt, bytes, text) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
    static let firstLines = SQLiteQuery("SELECT line, bytes FROM logs WHERE job = ?1 ORDER BY line LIMIT ?2")
    static let dropLines = SQLiteQuery("DELETE FROM logs WHERE job = ?1 AND line <= ?2")
    static let lines = SQLiteQuery("SELECT at, attempt, text FROM logs WHERE job = ?1 ORDER BY line")
    static let deleteLines = SQLiteQuery("DELETE FROM logs WHERE job = ?1")
}
