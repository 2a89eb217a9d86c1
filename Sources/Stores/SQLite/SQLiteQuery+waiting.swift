/// What time or other jobs decide.
extension SQLiteQuery {
    static let due = SQLiteQuery(
        """
        SELECT id FROM jobs INDEXED BY jobs_due WHERE state = 0 AND waiting IS NULL AND run_at <= ?1 \
        ORDER BY run_at, id LIMIT ?2
        """)
    static let nextDue = SQLiteQuery(
        """
        SELECT run_at FROM jobs INDEXED BY jobs_due WHERE state = 0 AND waiting IS NULL AND run_at IS NOT NULL \
        ORDER BY run_at LIMIT 1
        """)
    static let overdue = SQLiteQuery(
        """
        SELECT id FROM jobs INDEXED BY jobs_overdue WHERE state < 2 AND overdue_at IS NOT NULL AND overdue_at <= ?1 \
        ORDER BY overdue_at, id LIMIT ?2
        """)
    static let nextOverdue = SQLiteQuery(
        """
        SELECT overdue_at FROM jobs INDEXED BY jobs_overdue WHERE state < 2 AND overdue_at IS NOT NULL \
        ORDER BY overdue_at LIMIT 1
        """)
    static let setOverdueAt = SQLiteQuery("UPDATE jobs SET overdue_at = ?2 WHERE id = ?1")
    static let promote = SQLiteQuery(
        "UPDATE jobs SET state = 1, run_at = NULL, waiting = NULL, sequence = ?2 WHERE id = ?1")
    static let setWaiting = SQLiteQuery("UPDATE jobs SET waiting = ?2 WHERE id = ?1")
    static let setRunAt = SQLiteQuery("UPDATE jobs SET run_at = ?2 WHERE id = ?1")

    static let insertDependency = SQLiteQuery(
        "INSERT OR REPLACE INTO dependencies (child, place, parent, sequence, waits) VALUES (?1, ?2, ?3, ?4, ?5)")
    static let deleteDependencies = SQLiteQuery("DELETE FROM dependencies WHERE child = ?1")
    static let children = SQLiteQuery(
        """
        SELECT child, place FROM dependencies INDEXED BY dependencies_waiting WHERE parent = ?1 AND waits = 1 \
        AND sequence < ?2 ORDER BY sequence LIMIT ?3
        """)
    static let tell = SQLiteQuery(
        """
        UPDATE dependencies SET sequence = \(Int64.max), waits = EXISTS (SELECT 1 FROM jobs WHERE id = ?1 AND state < 3) \
        WHERE child = ?1 AND place = ?2
        """)

    static let insertEnd = SQLiteQuery("INSERT INTO ends (number, job, state, batch) VALUES (?1, ?2, ?3, ?4)")
    static let firstEnds = SQLiteQuery("SELECT number, job, state, batch FROM ends ORDER BY number LIMIT 1")
    static let deleteEnd = SQLiteQuery("DELETE FROM ends WHERE number = ?1")
    static let countEnds = SQLiteQuery("SELECT count(*) FROM ends")
}
