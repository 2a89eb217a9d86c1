import Glibc
import RoostJobs
import RoostTestKit

@testable import RoostStores

/// A folder of its own for one test's SQLite files; gone with it.
final class SQLiteFolder: Sendable {
    struct Failure: Error {}

    let folder: String
    /// Where the test's store lies.
    var path: String { folder + "/roost.db" }

    init() throws {
        var template = Array("/tmp/roost-sqlite-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw Failure() }
        folder = String(cString: made)
    }

    deinit {
        for name in names { unlink(folder + "/" + name) }
        rmdir(folder)
    }

    /// The files in it.
    var names: [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// A file's bytes.
    static func read(_ path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { throw Failure() }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            guard count > 0 else { return bytes }
            bytes += chunk[..<count]
        }
    }

    /// Makes or replaces a file.
    static func write(_ path: String, _ bytes: [UInt8]) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        guard descriptor >= 0 else { throw Failure() }
        defer { close(descriptor) }
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else { throw Failure() }
    }

    /// What a crash would leave: the file and its log as they are on disk now, without the lock.
    func copyFiles(to other: SQLiteFolder) throws {
        for suffix in ["", "-wal"] { try Self.write(other.path + suffix, try Self.read(path + suffix)) }
    }

    /// Opens the store, hands it over and closes it.
    func withStore<T>(
        _ configuration: SQLiteConfiguration = SQLiteConfiguration(),
        now: @escaping @Sendable () -> Timestamp = { .now() },
        _ body: (SQLiteStore) async throws -> T
    ) async throws -> T {
        let store = try SQLiteStore(path: path, configuration: configuration, now: now)
        do {
            let value = try await body(store)
            await store.close()
            return value
        } catch {
            await store.close()
            throw error
        }
    }

    /// Runs SQL on the file with a connection of its own.
    func execute(_ sql: String) throws {
        let connection = try SQLiteConnection(path: path, access: .readWrite)
        try connection.execute(sql)
        connection.close()
    }
}
