import Synchronization

/// A statement the store prepares once a connection: its number is its place in the connection's cache.
///
/// The statements themselves are in extensions, by what they are for. States are written as their numbers (see
/// `JobState.code`), because SQLite uses a partial index only when it reads the index's condition in the query.
final class SQLiteQuery: Sendable {
    /// Counted from 0, in the order of first use.
    let number: Int
    /// Its text.
    let sql: String

    private static let count = Atomic<Int>(0)

    init(_ sql: String) {
        number = Self.count.add(1, ordering: .relaxed).oldValue
        self.sql = sql
    }
}

extension SQLiteQuery {
    static let begin = SQLiteQuery("BEGIN IMMEDIATE")
    static let beginRead = SQLiteQuery("BEGIN")
    static let commit = SQLiteQuery("COMMIT")
    static let rollback = SQLiteQuery("ROLLBACK")
}
