import CSQLite
import Glibc
import RoostJobs

extension SQLiteFile {
    /// Whether there is a file with something in it; throws if the path cannot be one of a store.
    func checkPath() throws(StoreError) -> Bool {
        guard !path.isEmpty, !path.utf8.contains(0), path.utf8.count < 4000 else {
            throw StoreError(.invalid, "an SQLite store needs the path of a file")
        }
        var info = stat()
        guard stat(path, &info) == 0 else {
            guard errno == ENOENT else { throw refusal("cannot be looked at: \(String(cString: strerror(errno)))") }
            try checkFolder()
            return false
        }
        guard info.st_mode & S_IFMT == S_IFREG else { throw refusal("is not a file") }
        guard access(path, W_OK) == 0 else { throw refusal("can only be read: \(String(cString: strerror(errno)))") }
        try checkFolder()
        return info.st_size > 0
    }

    /// SQLite keeps its log beside the file, so the folder must take new files.
    private func checkFolder() throws(StoreError) {
        guard access(folder, W_OK | X_OK) == 0 else {
            throw refusal("cannot be kept in the folder \(folder): \(String(cString: strerror(errno)))")
        }
    }

    /// Looks at the first bytes without SQLite, which would make files beside a stranger's.
    func checkHeader() throws(StoreError) {
        var header = [UInt8](repeating: 0, count: 100)
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw refusal("cannot be read: \(String(cString: strerror(errno)))") }
        let count = read(descriptor, &header, header.count)
        Glibc.close(descriptor)
        guard count == header.count, header.starts(with: Array("SQLite format 3\0".utf8)) else {
            throw StoreError(
                .corrupt, "\(path) is not an SQLite file, or its beginning is damaged; it was left as it is")
        }
        try checkIdentity(application: Self.number(header[68..<72]), version: Self.number(header[60..<64]))
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int64 { bytes.reduce(0) { $0 << 8 | Int64($1) } }

    private func checkIdentity(application: Int64, version: Int64) throws(StoreError) {
        guard application == SQLiteSchema.applicationID else {
            throw StoreError(.corrupt, "\(path) belongs to another application; it was left as it is")
        }
        guard version <= SQLiteSchema.version else {
            throw StoreError(
                .corrupt,
                "\(path) was written by a newer version (layout \(version), this one reads \(SQLiteSchema.version)); "
                    + "it was left as it is")
        }
    }

    /// Committed jobs may be in the log alone: without it the file looks whole and has lost them.
    func checkLog(_ previous: FileLock.Owner?) throws(StoreError) {
        guard let previous, previous.phase == .open, access(path + "-wal", F_OK) != 0 else { return }
        throw StoreError(
            .corrupt,
            "\(path)-wal is missing though process \(previous.pid) did not close \(path): jobs may be in it. Put it back; "
                + "if another tool has opened the file since, or the log is lost, remove \(path).lock to go on")
    }

    /// Looks for damage with a connection that cannot write.
    func checkContent() throws(SQLiteFailure) {
        var info = stat()
        guard stat(path, &info) == 0, info.st_size <= configuration.checkedBytes else { return }
        // With a log SQLite must read that too; without one nothing shall be made beside a file that may be refused.
        let hasLog = access(path + "-wal", F_OK) == 0
        let connection = try SQLiteConnection(path: path, access: hasLog ? .readOnly : .immutable)
        defer { connection.close() }
        connection.setBusyTimeout(configuration.busyTimeout)
        let finding = try connection.text("PRAGMA quick_check(1)")
        guard finding == "ok" else { throw SQLiteFailure(code: SQLITE_CORRUPT, message: finding) }
    }

    private func refusal(_ reason: String) -> StoreError { StoreError(.unavailable, "\(path) \(reason)") }
}
