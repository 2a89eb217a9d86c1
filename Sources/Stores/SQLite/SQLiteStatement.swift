import CSQLite
import RoostJobs

/// A prepared statement: bind, then `run` or `eachRow`. Values are bound from 1, columns are read from 0.
///
/// Every use ends with a reset, so that none keeps a read transaction open. Belongs to its connection's thread.
final class SQLiteStatement {
    private let handle: OpaquePointer
    private let database: OpaquePointer
    /// The first bind that failed, reported by the run that follows.
    private var bound = SQLITE_OK
    /// What `bind(_:repeated:)` bound, by index; nil: nothing so far.
    private var kept: [String??] = []

    init(_ handle: OpaquePointer, of database: OpaquePointer) {
        self.handle = handle
        self.database = database
    }

    deinit { sqlite3_finalize(handle) }

    // MARK: Values

    func bind(_ index: Int32, _ value: Int64?) {
        note(value.map { sqlite3_bind_int64(handle, index, $0) } ?? sqlite3_bind_null(handle, index))
    }

    func bind(_ index: Int32, _ value: Int) { bind(index, Int64(value)) }

    func bind(_ index: Int32, _ value: Timestamp?) { bind(index, value?.microseconds) }

    func bind(_ index: Int32, _ value: Duration) { bind(index, value.clampedMicroseconds) }

    func bind(_ index: Int32, _ state: JobState) { bind(index, state.code) }

    func bind(_ index: Int32, _ id: JobID) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 26) { buffer in
            id.write(to: buffer)
            buffer.withMemoryRebound(to: CChar.self) {
                note(sqlite3_bind_text(handle, index, $0.baseAddress, 26, roost_sqlite_transient()))
            }
        }
    }

    /// Binds a text that is likely the one of the last time: then nothing is done, for values outlast a reset. A value
    /// bound this way must always be bound this way.
    func bind(_ index: Int32, repeated text: String?) {
        let place = Int(index)
        if place < kept.count, let known = kept[place], known == text { return }
        bind(index, text)
        guard bound == SQLITE_OK else { return }
        if place >= kept.count { kept += repeatElement(nil, count: place + 1 - kept.count) }
        kept[place] = .some(text)
    }

    func bind(_ index: Int32, _ text: String?) {
        guard var text else { return note(sqlite3_bind_null(handle, index)) }
        note(
            text.withUTF8 { utf8 in
                // An empty string's pointer may be nil, which would bind NULL.
                guard let base = utf8.baseAddress else {
                    return sqlite3_bind_text(handle, index, "", 0, roost_sqlite_transient())
                }
                return base.withMemoryRebound(to: CChar.self, capacity: utf8.count) {
                    sqlite3_bind_text(handle, index, $0, Int32(utf8.count), roost_sqlite_transient())
                }
            })
    }

    func bind(_ index: Int32, _ bytes: [UInt8]?) {
        guard let bytes else { return note(sqlite3_bind_null(handle, index)) }
        note(
            bytes.withUnsafeBytes { bytes in
                guard let base = bytes.baseAddress, !bytes.isEmpty else {
                    return sqlite3_bind_zeroblob(handle, index, 0)
                }
                return sqlite3_bind_blob64(handle, index, base, UInt64(bytes.count), roost_sqlite_transient())
            })
    }

    // MARK: Runs

    /// Runs the statement to its end; rows, if any, are passed over.
    func run() throws(SQLiteFailure) { try eachRow { _ in } }

    /// Runs the statement with large bytes bound to `index` without a copy.
    func run(_ index: Int32, borrowing bytes: [UInt8]) throws(SQLiteFailure) {
        let outcome: Result<Void, SQLiteFailure> = bytes.withUnsafeBytes { buffer in
            if let base = buffer.baseAddress, !buffer.isEmpty {
                note(sqlite3_bind_blob64(handle, index, base, UInt64(buffer.count), nil))
            } else {
                note(sqlite3_bind_zeroblob(handle, index, 0))
            }
            defer { sqlite3_bind_null(handle, index) }
            do throws(SQLiteFailure) { return .success(try run()) } catch { return .failure(error) }
        }
        try outcome.get()
    }

    /// Runs the statement and shows `body` each row.
    func eachRow(_ body: (SQLiteStatement) throws(SQLiteFailure) -> Void) throws(SQLiteFailure) {
        defer {
            sqlite3_reset(handle)
            bound = SQLITE_OK
        }
        guard bound == SQLITE_OK else { throw failure(bound) }
        while true {
            let code = sqlite3_step(handle)
            if code == SQLITE_DONE { return }
            guard code == SQLITE_ROW else { throw failure(code) }
            try body(self)
        }
    }

    // MARK: Columns

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    func count(_ column: Int32) -> Int { Int(clamping: integer(column)) }

    func duration(_ column: Int32) -> Duration { .microseconds(integer(column)) }

    func time(_ column: Int32) -> Timestamp? { isNull(column) ? nil : Timestamp(microseconds: integer(column)) }

    func text(_ column: Int32) -> String {
        guard let start = sqlite3_column_text(handle, column) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, column))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

    func bytes(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(handle, column) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }

    func optionalBytes(_ column: Int32) -> [UInt8]? { isNull(column) ? nil : bytes(column) }

    /// A job's id, or a failure that says the row is damaged.
    func id(_ column: Int32) throws(SQLiteFailure) -> JobID {
        if let start = sqlite3_column_text(handle, column) {
            let count = Int(sqlite3_column_bytes(handle, column))
            if let id = JobID(utf8: UnsafeBufferPointer(start: start, count: count)) { return id }
        }
        throw SQLiteFailure(code: SQLITE_CORRUPT, message: "a row without a valid id")
    }

    /// A job's state, or a failure that says the row is damaged.
    func state(_ column: Int32) throws(SQLiteFailure) -> JobState {
        guard let state = JobState(code: integer(column)) else {
            throw SQLiteFailure(code: SQLITE_CORRUPT, message: "a row without a valid state")
        }
        return state
    }

    private func note(_ code: Int32) {
        if bound == SQLITE_OK { bound = code }
    }

    private func failure(_ code: Int32) -> SQLiteFailure {
        SQLiteFailure(code: code, message: sqlite3_errmsg(database).map { String(cString: $0) } ?? "")
    }
}
