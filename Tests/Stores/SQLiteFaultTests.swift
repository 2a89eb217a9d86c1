import RoostJobs
import RoostTestKit
import Testing

@testable import RoostStores

@Suite("An SQLite store in trouble")
struct SQLiteFaultTests {
    private let clock = StoreClock()

    @Test("a full disk refuses jobs, keeps those it took, and is over when there is room")
    func survivesFullDisk() async throws {
        var configuration = SQLiteConfiguration()
        configuration.maximumPages = 100
        let folder = try SQLiteFolder()
        var accepted: [JobID] = []
        try await folder.withStore(configuration) { store async throws in
            for _ in 0..<100 {
                guard let id = try? await store.enqueue1(payload: [UInt8](repeating: 7, count: 20_000)) else { break }
                accepted.append(id)
            }
            #expect((5..<100).contains(accepted.count))
            await clock.expect(.unavailable) {
                _ = try await store.enqueue([
                    NewJob(type: "t", queue: "q", payload: [UInt8](repeating: 7, count: 20_000))
                ])
            }
            #expect(try await store.counts().total == accepted.count)
            #expect(try await store.all().map(\.id) == accepted.reversed())
            #expect(try await store.record(accepted[0]).payload.count == 20_000)

            try await store.writer.write { transaction throws(SQLiteFailure) in
                try transaction.connection.execute("PRAGMA max_page_count = 100000")
            }
            accepted.append(try await store.enqueue1(payload: [UInt8](repeating: 7, count: 20_000)))
            let health = await store.health()
            #expect(health.isReachable)
            #expect(!health.warnings.contains { $0.contains("write") })
        }
        let kept = try await folder.withStore { try await $0.all().map(\.id) }
        #expect(kept == accepted.reversed())
    }

    @Test("health tells of a failed write, and finds out by itself when writing works again")
    func reportsFailedWrites() async throws {
        var configuration = SQLiteConfiguration()
        configuration.busyTimeout = .milliseconds(1)
        let folder = try SQLiteFolder()
        try await folder.withStore(configuration) { store async throws in
            let other = try SQLiteConnection(path: folder.path, access: .readWrite)
            try other.execute("BEGIN IMMEDIATE")
            await clock.expect(.unavailable) { _ = try await store.enqueue1() }
            let sick = await store.health()
            #expect(!sick.isReachable)
            #expect(sick.warnings.contains { $0.contains("the last write failed") })
            try other.execute("ROLLBACK")
            other.close()
            let health = await store.health()
            #expect(health.isReachable)
            #expect(!health.warnings.contains { $0.contains("write") })
        }
    }

    @Test("leases that could not be taken back are taken back later")
    func keepsLeases() async throws {
        var configuration = SQLiteConfiguration()
        configuration.busyTimeout = .milliseconds(1)
        let folder = try SQLiteFolder()
        try await folder.withStore(configuration) { store async throws in
            let ids = try await store.enqueue(count: 3)
            let claims = try await store.claims(3, lease: .milliseconds(1))
            let other = try SQLiteConnection(path: folder.path, access: .readWrite)
            try other.execute("BEGIN IMMEDIATE")
            await clock.expect(.unavailable) {
                // Not before the leases ran out does it touch the file.
                while try await store.reclaim(limit: 10, maxCrashes: 3).isEmpty { await Task.yield() }
            }
            #expect(try await store.lost([claims[0].ticket], lease: clock.long).isEmpty)
            try other.execute("ROLLBACK")
            other.close()
            #expect(Set(try await clock.reclaimed(store, count: 2).requeued) == Set(ids[1...]))
            #expect(try await store.counts().totals.reclaimed == 2)
        }
    }

    @Test("a read that takes too long is given up, and the next one works")
    func limitsReads() async throws {
        var configuration = SQLiteConfiguration()
        configuration.readTimeout = .milliseconds(20)
        try await SQLiteFolder().withStore(configuration) { store async throws in
            let id = try await store.enqueue1()
            await clock.expect(.unavailable) {
                _ = try await store.reader.read { connection throws(SQLiteFailure) in
                    try connection.integer(
                        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n")
                }
            }
            #expect(try await store.record(id).state == .queued)
        }
    }

    @Test("the reading connection cannot write")
    func readerOnlyReads() async throws {
        try await SQLiteFolder().withStore { store async throws in
            try await store.enqueue1()
            await clock.expect(.unavailable) {
                try await store.reader.read { connection throws(SQLiteFailure) in
                    try connection.execute("DELETE FROM jobs")
                }
            }
            #expect(try await store.counts().total == 1)
            #expect(try await store.claims().count == 1)
        }
    }
}
