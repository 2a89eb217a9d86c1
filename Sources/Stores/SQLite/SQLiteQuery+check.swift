/// Looking whether what is kept fits together.
extension SQLiteQuery {
    static let scan = SQLiteQuery(
        """
        SELECT \(JobSpot.columns), token, payload IS NULL, \
        body IS NOT NULL AND NOT EXISTS (SELECT 1 FROM bodies WHERE bodies.body = jobs.body) \
        FROM jobs WHERE id > ?1 ORDER BY id LIMIT ?2
        """)
    static let setExpiry = SQLiteQuery(
        "UPDATE jobs SET expires_at = ?2 + result_ttl, finished_at = coalesce(finished_at, ?2) WHERE id = ?1")
    static let setToken = SQLiteQuery("UPDATE jobs SET token = ?2 WHERE id = ?1")
    static let bodiesOfJobs = SQLiteQuery("SELECT id, body FROM jobs WHERE id > ?1 ORDER BY id LIMIT ?2")
    static let bodies = SQLiteQuery("SELECT body FROM bodies WHERE body > ?1 AND body <= ?2 ORDER BY body LIMIT ?3")
    static let orphanWishes = SQLiteQuery(
        "SELECT job FROM wishes WHERE NOT EXISTS (SELECT 1 FROM jobs WHERE id = wishes.job AND state = 2)")
    static let quickCheck = SQLiteQuery("PRAGMA quick_check(10)")
}
