/// Documents, logs and meters.
extension SQLiteQuery {
    static let documents = SQLiteQuery("SELECT name, version, body FROM documents WHERE collection = ?1 ORDER BY name")
    static let document = SQLiteQuery("SELECT version, body FROM documents WHERE collection = ?1 AND name = ?2")
    static let documentVersion = SQLiteQuery("SELECT version FROM documents WHERE collection = ?1 AND name = ?2")
    static let countDocuments = SQLiteQuery("SELECT count(*) FROM documents WHERE collection = ?1")
    static let saveDocument = SQLiteQuery(
        """
        INSERT INTO documents (collection, name, version, body) VALUES (?1, ?2, ?3, ?4) \
        ON CONFLICT (collection, name) DO UPDATE SET version = excluded.version, body = excluded.body
        """)
    static let removeDocument = SQLiteQuery("DELETE FROM documents WHERE collection = ?1 AND name = ?2")

    static let newestEntry = SQLiteQuery(
        "SELECT position FROM log_entries WHERE log = ?1 ORDER BY position DESC LIMIT 1")
    static let addEntry = SQLiteQuery("INSERT INTO log_entries (log, position, at, body) VALUES (?1, ?2, ?3, ?4)")
    static let dropEntries = SQLiteQuery("DELETE FROM log_entries WHERE log = ?1 AND position <= ?2")
    static let entries = SQLiteQuery(
        """
        SELECT position, at, body FROM log_entries WHERE log = ?1 AND position < ?2 \
        ORDER BY position DESC LIMIT ?3
        """)

    static let meter = SQLiteQuery("SELECT start, used FROM meters WHERE name = ?1 AND period = ?2")
    static let saveMeter = SQLiteQuery(
        """
        INSERT INTO meters (name, period, start, used, ends) VALUES (?1, ?2, ?3, ?4, ?5) \
        ON CONFLICT (name, period) DO UPDATE SET start = excluded.start, used = excluded.used, ends = excluded.ends
        """)
    /// Two at a time: more go than come.
    static let dropMeters = SQLiteQuery(
        "DELETE FROM meters WHERE (name, period) IN (SELECT name, period FROM meters WHERE ends <= ?1 LIMIT 2)")
}
