import CSQLite
import Glibc
import RoostJobs

/// One connection to an SQLite file with its prepared statements. With `SQLiteStatement` the only place that touches
/// SQLite's pointers.
///
/// `@unchecked Sendable` because of those pointers: SQLite runs without locks of its own here, and a connection is used
/// by one thread at a time. Whoever opens it hands it to its thread and forgets it.
final class SQLiteConnection: @unchecked Sendable {
    enum Access {
        case readWrite
        case readOnly
        /// Reads a file nobody writes, and makes no log or lock beside it.
        case immutable
    }

    private let handle: OpaquePointer
    private var isClosed = false
    /// By the query's number.
    private var statements: [SQLiteStatement?] = []
    /// Nanoseconds of the monotonic clock after which statements are given up; read by the progress callback.
    private let deadline: UnsafeMutablePointer<UInt64>

    init(path: String, access: Access) throws(SQLiteFailure) {
        let flags =
            switch access {
            case .readWrite: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            case .readOnly: SQLITE_OPEN_READONLY
            case .immutable: SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
            }
        _ = Self.isConfigured
        let name = access == .immutable ? Self.immutableURI(path) : path
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(name, &opened, flags | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK, let opened else {
            let failure = SQLiteFailure(code: code, message: Self.message(of: opened))
            sqlite3_close_v2(opened)
            throw failure
        }
        handle = opened
        deadline = .allocate(capacity: 1)
        deadline.initialize(to: .max)
        sqlite3_extended_result_codes(opened, 1)
    }

    deinit {
        close()
        deadline.deallocate()
    }

    /// Finalizes the statements and closes the file; nothing may be asked afterwards. The last connection to close also
    /// removes the write-ahead log.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        statements.removeAll()
        sqlite3_close_v2(handle)
    }

    /// The prepared statement for a query, ready to be bound.
    func statement(_ query: SQLiteQuery) throws(SQLiteFailure) -> SQLiteStatement {
        let missing = query.number + 1 - statements.count
        if missing > 0 { statements.append(contentsOf: repeatElement(nil, count: missing)) }
        if let known = statements[query.number] { return known }
        let fresh = try prepare(query.sql)
        statements[query.number] = fresh
        return fresh
    }

    /// A statement for one use.
    func prepare(_ sql: String) throws(SQLiteFailure) -> SQLiteStatement {
        var prepared: OpaquePointer?
        let code = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
        guard code == SQLITE_OK, let prepared else { throw failure(code) }
        return SQLiteStatement(prepared, of: handle)
    }

    /// Runs statements without values or rows.
    func execute(_ sql: String) throws(SQLiteFailure) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw failure(code) }
    }

    /// The first column of a one-row answer, for pragmas.
    func integer(_ sql: String) throws(SQLiteFailure) -> Int64 {
        var value: Int64 = 0
        try prepare(sql).eachRow { row in value = row.integer(0) }
        return value
    }

    /// The first column of a one-row answer, for pragmas.
    func text(_ sql: String) throws(SQLiteFailure) -> String {
        var value = ""
        try prepare(sql).eachRow { row in value = row.text(0) }
        return value
    }

    /// Rows the last statement inserted, updated or deleted.
    var changes: Int { Int(sqlite3_changes(handle)) }

    /// Pages that statements asked for so far, whether they were in memory or not: a measure of work.
    var pagesLookedAt: Int {
        var sum = 0
        for counter in [SQLITE_DBSTATUS_CACHE_HIT, SQLITE_DBSTATUS_CACHE_MISS] {
            var (now, most): (Int32, Int32) = (0, 0)
            if sqlite3_db_status(handle, counter, &now, &most, 0) == SQLITE_OK { sum += Int(now) }
        }
        return sum
    }

    /// Whether a transaction is open; some failures roll back on their own.
    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// Whether the file can only be read.
    var isReadOnly: Bool { sqlite3_db_readonly(handle, "main") != 0 }

    /// How long to wait for another connection's lock.
    func setBusyTimeout(_ limit: Duration) {
        sqlite3_busy_timeout(handle, Int32(clamping: limit.clampedMilliseconds))
    }

    /// Copies the write-ahead log into the file and cuts it to nothing; false when a reader was in the way.
    func truncateLog() -> Bool {
        sqlite3_wal_checkpoint_v2(handle, "main", SQLITE_CHECKPOINT_TRUNCATE, nil, nil) == SQLITE_OK
    }

    /// Gives up whatever `body` runs when it takes longer than `limit`.
    func limited<T>(to limit: Duration, _ body: () throws(SQLiteFailure) -> T) throws(SQLiteFailure) -> T {
        deadline.pointee = Self.monotonic() &+ UInt64(clamping: limit.clampedMicroseconds) &* 1000
        sqlite3_progress_handler(
            handle, 20_000,
            { context in
                guard let context else { return 0 }
                return SQLiteConnection.monotonic() > context.load(as: UInt64.self) ? 1 : 0
            }, deadline)
        defer { sqlite3_progress_handler(handle, 0, nil, nil) }
        return try body()
    }

    /// What the library must be told before the first file is opened.
    private static let isConfigured = roost_sqlite_no_memory_status() == SQLITE_OK

    /// See https://www.sqlite.org/uri.html.
    private static func immutableURI(_ path: String) -> String {
        let encoded = path.map { character in
            switch character {
            case "%": "%25"
            case "?": "%3f"
            case "#": "%23"
            default: String(character)
            }
        }
        return "file:\(encoded.joined())?immutable=1"
    }

    /// The library's version.
    static var version: String { String(cString: sqlite3_libversion()) }

    private static func monotonic() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(clamping: time.tv_sec) &* 1_000_000_000 &+ UInt64(clamping: time.tv_nsec)
    }

    private func failure(_ code: Int32) -> SQLiteFailure {
        SQLiteFailure(code: code, message: Self.message(of: handle))
    }

    private static func message(of handle: OpaquePointer?) -> String {
        guard let handle, let text = sqlite3_errmsg(handle) else { return "out of memory" }
        return String(cString: text)
    }
}
