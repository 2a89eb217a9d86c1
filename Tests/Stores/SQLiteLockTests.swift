import Glibc
import RoostJobs
import RoostTestKit
import Testing

@testable import RoostStores

@Suite("The lock of an SQLite file")
struct SQLiteLockTests {
    private func refusal(_ path: String) -> StoreError? {
        do {
            _ = try SQLiteStore(path: path)
            return nil
        } catch {
            return error
        }
    }

    @Test("a second store on a file is refused with the owner's process and name")
    func refusesSecond() async throws {
        let folder = try SQLiteFolder()
        var configuration = SQLiteConfiguration()
        configuration.owner = "roost up\nroost@host:1"
        try await folder.withStore(configuration) { store async throws in
            let refusal = refusal(folder.path)
            #expect(refusal?.code == .unavailable)
            #expect(refusal?.message.contains("process \(getpid()) (roost uproost@host:1)") == true)
            try await store.enqueue1()
        }
        #expect(refusal(folder.path) == nil)
    }

    @Test("a file another process has is refused with that process's id, and free when it dies")
    func refusesSecondProcess() async throws {
        let folder = try SQLiteFolder()
        try SQLiteFolder.write(folder.path + ".lock", Array("4242 open roost up\n".utf8))
        // It waits for the lock, which the looking below holds for moments.
        let holder = try ChildProcess.start(
            "flock", ["--no-fork", folder.path + ".lock", "cat"], input: try Self.openInput())
        defer { holder.signal(SIGKILL) }
        try await eventually("the other process has the lock") {
            (try? FileLock(path: folder.path + ".lock", name: "test")) == nil
        }
        let refusal = refusal(folder.path)
        #expect(refusal?.code == .unavailable)
        #expect(refusal?.message.contains("process 4242 (roost up)") == true)
        #expect(folder.names == ["roost.db.lock"])
        holder.signal(SIGKILL)
        _ = holder.wait(milliseconds: 10_000)
        _ = try await folder.withStore { try await $0.enqueue1() }
    }

    /// The read end of a pipe whose write end stays open: a program that reads it waits.
    private static func openInput() throws -> Int32 {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw SQLiteFolder.Failure() }
        return ends[0]
    }

    @Test("closing empties the lock file")
    func forgetsOwner() async throws {
        let folder = try SQLiteFolder()
        try await folder.withStore { _ in
            let text = String(decoding: try SQLiteFolder.read(folder.path + ".lock"), as: UTF8.self)
            #expect(text == "\(getpid()) open roost\n")
        }
        #expect(try SQLiteFolder.read(folder.path + ".lock").isEmpty)
    }

    @Test("a store nobody holds any more lets go of its file without being closed")
    func letsGo() async throws {
        let folder = try SQLiteFolder()
        _ = try await SQLiteStore(path: folder.path).enqueue1()
        var store: SQLiteStore?
        try await eventually("the file is free") {
            store = try? SQLiteStore(path: folder.path)
            return store != nil
        }
        #expect(try await store?.counts().total == 1)
        await store?.close()
    }
}
