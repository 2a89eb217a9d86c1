import RoostJobs
import RoostTestKit
import Synchronization
import Testing

@testable import RoostStores

@Suite("Documents, logs and meters in an SQLite file")
struct SQLiteDocumentTests {
    @Test("are there when the file is opened again; a restart refills no meter")
    func restart() async throws {
        let folder = try SQLiteFolder()
        let now = Timestamp(milliseconds: 1_700_000_000_000)
        try await folder.withStore(now: { now }) { store async throws in
            #expect(try await store.putDocument("a", in: "c", body: [1, 2], replacing: 0) == 1)
            for number in 0..<5 as Range<UInt8> { try await store.append([number], to: "l", keeping: 3) }
            #expect(try await store.spend(4, of: "m", limit: 5, period: .seconds(86_400)).isGranted)
        }
        try await folder.withStore(now: { now }) { store async throws in
            #expect(try await store.putDocument("a", in: "c", body: [3], replacing: 1) == 2)
            try await store.append([5], to: "l", keeping: 3)
            let entries = try await store.entries(of: "l", before: nil, limit: 10)
            #expect(entries.map(\.body) == [[5], [4], [3]])
            #expect(entries.map(\.position) == [6, 5, 4])
            #expect(entries.allSatisfy { $0.at == now })
            #expect(try await !store.spend(2, of: "m", limit: 5, period: .seconds(86_400)).isGranted)
        }
    }

    @Test("a full collection takes changes and no new document")
    func fullCollection() async throws {
        let folder = try SQLiteFolder()
        try await folder.withStore { _ in }
        try folder.execute(
            """
            WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n LIMIT \(Document.mostInCollection))
            INSERT INTO documents (collection, name, version, body) SELECT 'c', 'd' || i, 1, x'01' FROM n
            """)
        try await folder.withStore { store async throws in
            await StoreClock().expect(.invalid) {
                _ = try await store.putDocument("more", in: "c", body: [], replacing: 0)
            }
            #expect(try await store.putDocument("d7", in: "c", body: [9], replacing: 1) == 2)
            #expect(try await store.documents(in: "c").count == Document.mostInCollection)
            #expect(try await store.removeDocument("d7", in: "c"))
            #expect(try await store.putDocument("more", in: "c", body: [], replacing: 0) == 1)
        }
    }

    @Test("meters of windows gone by do not stay in the file")
    func meterRows() async throws {
        let time = Mutex(Timestamp(milliseconds: 1_700_000_000_000))
        try await SQLiteFolder().withStore(now: { time.withLock { $0 } }) { store async throws in
            for number in 0..<60 {
                _ = try await store.spend(1, of: "m\(number)", limit: 5, period: .seconds(60))
                if number % 20 == 19 { time.withLock { $0 = $0.advanced(by: .seconds(60)) } }
            }
            let rows = try await store.reader.read { connection throws(SQLiteFailure) in
                try connection.integer("SELECT count(*) FROM meters")
            }
            #expect(rows == 20)
        }
    }

    @Test("fifty who spend at once share commits")
    func sharedCommits() async throws {
        try await SQLiteFolder().withStore { store async throws in
            let before = store.writer.committer.status.withLock { $0.commits }
            // The first is on its way to the disk while the others gather.
            let granted = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<50 {
                    group.addTask { try await store.spend(1, of: "m", limit: 40, period: .seconds(86_400)).isGranted }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(granted == 40)
            let commits = store.writer.committer.status.withLock { $0.commits } - before
            #expect(commits < 50)
        }
    }

    @Test("a row that is damaged harms nobody")
    func damaged() async throws {
        let folder = try SQLiteFolder()
        try await folder.withStore { _ in }
        try folder.execute(
            """
            INSERT INTO meters VALUES ('m', 60000000, \(Int64.max), \(Int64.min), \(Int64.max));
            INSERT INTO meters VALUES ('n', 60000000, \(Int64.min), \(Int64.max), 0);
            INSERT INTO documents VALUES ('c', 'a', \(Int64.max), x'01');
            INSERT INTO log_entries VALUES ('l', \(Int64.max - 1), \(Int64.min), x'01');
            """)
        try await folder.withStore { store async throws in
            #expect(try await store.spend(1, of: "m", limit: 5, period: .seconds(60)).remaining == 4)
            #expect(try await store.spend(1, of: "n", limit: 5, period: .seconds(60)).remaining == 4)
            #expect(try await store.putDocument("a", in: "c", body: [], replacing: .max) == nil)
            #expect(try await store.entries(of: "l", before: nil, limit: 5).count == 1)
        }
    }
}
