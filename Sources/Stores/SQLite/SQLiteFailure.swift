import CSQLite
import RoostJobs

/// What SQLite answered instead of doing what it was asked.
struct SQLiteFailure: Error {
    /// The extended result code.
    let code: Int32
    /// SQLite's words; never contain bound values.
    let message: String

    static let missingJob = SQLiteFailure(
        code: SQLITE_CORRUPT, message: "an index names a job that is not there")

    private var primary: Int32 { code & 0xFF }

    /// Whether the file or the disk is at fault: then every call of the transaction fails alike, and there is no use
    /// in trying them one by one.
    var isOfStorage: Bool {
        switch primary {
        case SQLITE_CONSTRAINT, SQLITE_MISMATCH, SQLITE_TOOBIG, SQLITE_MISUSE, SQLITE_RANGE, SQLITE_ERROR: false
        default: true
        }
    }

    /// The failure as a caller of the store sees it.
    var storeError: StoreError {
        switch primary {
        case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT:
            StoreError(.corrupt, "the SQLite file is damaged (\(message))")
        case SQLITE_FULL: StoreError(.unavailable, "the disk or the SQLite file is full")
        case SQLITE_INTERRUPT: StoreError(.unavailable, "the search took too long and was given up")
        case SQLITE_CONSTRAINT, SQLITE_MISMATCH, SQLITE_TOOBIG:
            StoreError(.invalid, "SQLite refused a value (\(message))")
        default: StoreError(.unavailable, "SQLite: \(message) (code \(code))")
        }
    }
}
