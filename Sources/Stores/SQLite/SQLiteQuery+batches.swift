/// Groups of jobs.
extension SQLiteQuery {
    static let insertBatch = SQLiteQuery(
        """
        INSERT INTO batches (id, name, opened_at, is_open, total, done, failed, cancelled, on_complete, on_success, \
        expires_at) VALUES (?1, ?2, ?3, 1, 0, 0, 0, 0, ?4, ?5, ?6) ON CONFLICT (id) DO NOTHING
        """)
    static let batch = SQLiteQuery(
        """
        SELECT id, name, opened_at, is_open, total, done, failed, cancelled, finished_at, on_complete, on_success, \
        expires_at FROM batches WHERE id = ?1
        """)
    static let closeBatch = SQLiteQuery(
        "UPDATE batches SET is_open = 0, expires_at = iif(is_open, ?3, expires_at) WHERE id = ?1 AND expires_at > ?2")
    static let finishBatch = SQLiteQuery("UPDATE batches SET finished_at = ?2, expires_at = ?3 WHERE id = ?1")
    static let countMember = SQLiteQuery(
        "UPDATE batches SET done = done + ?2, failed = failed + ?3, cancelled = cancelled + ?4 WHERE id = ?1")
    static let addMember = SQLiteQuery(
        "INSERT INTO batch_members (batch, place, job) SELECT id, total, ?2 FROM batches WHERE id = ?1")
    static let growBatch = SQLiteQuery("UPDATE batches SET total = total + 1 WHERE id = ?1")
    static let members = SQLiteQuery(
        "SELECT job FROM batch_members WHERE batch = ?1 AND place >= ?2 ORDER BY place LIMIT ?3")
    static let batchesExpired = SQLiteQuery(
        "SELECT id FROM batches WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2")
    static let deleteBatch = SQLiteQuery("DELETE FROM batches WHERE id = ?1")
    static let deleteMembers = SQLiteQuery("DELETE FROM batch_members WHERE batch = ?1")
    static let pendingBefore = SQLiteQuery(
        """
        SELECT total - done - failed - cancelled FROM batches WHERE on_complete = ?1 OR on_success = ?1 LIMIT 1
        """)
}
