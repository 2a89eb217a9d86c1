/// The feed of ends.
extension SQLiteQuery {
    static let isFeeding = SQLiteQuery("SELECT count(*) FROM feeding")
    static let beginFeed = SQLiteQuery("INSERT OR IGNORE INTO feeding (one) VALUES (1)")
    static let endFeed = SQLiteQuery("DELETE FROM feeding")
    static let countFed = SQLiteQuery("SELECT count(*) FROM feed")
    static let feedEnd = SQLiteQuery("INSERT INTO feed (number, job, state) VALUES (?1, ?2, ?3)")
    static let fed = SQLiteQuery("SELECT number, job, state FROM feed ORDER BY number LIMIT ?1")
    static let forgetFed = SQLiteQuery("DELETE FROM feed WHERE number <= ?1")
    static let forgetAllFed = SQLiteQuery("DELETE FROM feed")
    static let dropFed = SQLiteQuery(
        "DELETE FROM feed WHERE number IN (SELECT number FROM feed ORDER BY number LIMIT ?1)")
}
