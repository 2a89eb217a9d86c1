import Glibc
import RoostJobs

/// Opening a file: everything that can be wrong with it is found before anything is written to it.
struct SQLiteFile {
    let path: String
    let configuration: SQLiteConfiguration

    /// Takes the lock, checks or makes the file, and opens it for the one thread that will write.
    func open() throws(StoreError) -> (lock: FileLock, connection: SQLiteConnection) {
        let exists = try checkPath()
        let lock = try FileLock(path: path + ".lock", name: configuration.owner)
        if exists {
            try checkHeader()
            try checkLog(lock.previous)
            try attempt { () throws(SQLiteFailure) in try checkContent() }
        }
        lock.mark(.opening)
        if !exists { try create() }
        let connection = try attempt { () throws(SQLiteFailure) in try connect() }
        guard !connection.isReadOnly else { throw StoreError(.unavailable, "\(path) can only be read") }
        guard try attempt({ () throws(SQLiteFailure) in try connection.text("PRAGMA journal_mode = WAL") }) == "wal"
        else {
            throw StoreError(.unavailable, "\(path) lies where SQLite cannot keep a write-ahead log")
        }
        try attempt { () throws(SQLiteFailure) in try migrate(connection) }
        return (lock, connection)
    }

    /// Brings a file of an earlier layout up to this one, a transaction for each layout between.
    private func migrate(_ connection: SQLiteConnection) throws(SQLiteFailure) {
        for (version, migration) in [(1, SQLiteSchema.migrationFrom1), (2, SQLiteSchema.migrationFrom2)] {
            guard try connection.integer("PRAGMA user_version") == version else { continue }
            do throws(SQLiteFailure) { try connection.execute(migration) } catch {
                if connection.isInTransaction { try? connection.execute("ROLLBACK") }
                throw error
            }
        }
    }

    /// A connection that only reads.
    func openReader() throws(StoreError) -> SQLiteConnection {
        try attempt { () throws(SQLiteFailure) in
            let connection = try SQLiteConnection(path: path, access: .readOnly)
            connection.setBusyTimeout(configuration.busyTimeout)
            try connection.execute("PRAGMA query_only = ON; PRAGMA trusted_schema = OFF")
            return connection
        }
    }

    private func connect() throws(SQLiteFailure) -> SQLiteConnection {
        let connection = try SQLiteConnection(path: path, access: .readWrite)
        connection.setBusyTimeout(configuration.busyTimeout)
        // FULL: in WAL mode NORMAL would lose acknowledged jobs when the power goes.
        try connection.execute(
            """
            PRAGMA synchronous = FULL;
            PRAGMA trusted_schema = OFF;
            PRAGMA temp_store = MEMORY;
            PRAGMA cache_size = -\(max(1 << 20, configuration.cacheBytes) / 1024);
            PRAGMA wal_autocheckpoint = \(min(max(1, configuration.checkpointPages), 1 << 20));
            PRAGMA journal_size_limit = \(64 << 20);
            """)
        if let pages = configuration.maximumPages {
            try connection.execute("PRAGMA max_page_count = \(min(max(1, pages), 0xFFFF_FFFE))")
        }
        return connection
    }

    /// Makes the file beside its place and moves it there whole: no crash leaves a half-made file.
    private func create() throws(StoreError) {
        let fresh = path + ".new"
        for suffix in ["", "-journal", "-wal", "-shm"] { unlink(fresh + suffix) }
        do throws(SQLiteFailure) {
            let connection = try SQLiteConnection(path: fresh, access: .readWrite)
            defer { connection.close() }
            try connection.execute("PRAGMA synchronous = FULL; \(SQLiteSchema.creation)")
            _ = try connection.text("PRAGMA journal_mode = WAL")
        } catch {
            unlink(fresh)
            throw StoreError(.unavailable, "cannot make \(path): \(error.message)")
        }
        guard rename(fresh, path) == 0 else {
            let reason = String(cString: strerror(errno))
            unlink(fresh)
            throw StoreError(.unavailable, "cannot make \(path): \(reason)")
        }
        let folder = Glibc.open(self.folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        Glibc.close(folder)
    }

    /// Runs SQLite's part of the opening; its failures name the file.
    private func attempt<T>(_ body: () throws(SQLiteFailure) -> T) throws(StoreError) -> T {
        do throws(SQLiteFailure) { return try body() } catch {
            let error = error.storeError
            throw StoreError(error.code, "\(path): \(error.message)")
        }
    }

    /// The folder the file lies in.
    var folder: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
