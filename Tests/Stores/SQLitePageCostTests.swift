import RoostJobs
import RoostTestKit
import Testing

@testable import RoostStores

/// What a job without features writes to the write-ahead log of an SQLite file, in pages: counted, never timed. A bound
/// that is passed is a regression; one that is far away after an improvement is to be lowered.
@Suite("What a job writes to an SQLite file")
struct SQLitePageCostTests {
    /// Pages of 4 KiB at most.
    private enum Most {
        /// Of one call for one job, whatever is there already.
        static let enqueue = 9
        static let claim = 7
        static let settle = 6
        /// Of one call for a thousand jobs with 100 bytes of payload.
        static let bulkEnqueue = 110
        /// Of a claim of a hundred jobs.
        static let bulkClaim = 26
        /// More of each call once many jobs are there: trees are a level deeper.
        static let deeper = 4
    }

    private func jobs(_ count: Int) -> [NewJob] {
        (0..<count).map { _ in NewJob(type: "t", queue: "q", payload: [UInt8](repeating: 0x20, count: 100)) }
    }

    @Test("each step of a job's life writes a few pages, also with many jobs, and a call for many shares them")
    func pages() async throws {
        try await SQLiteFolder().withStore { store async throws in
            _ = try await store.enqueue(jobs(1000))
            let few = try await life(store)
            for _ in 0..<10 { _ = try await store.enqueue(jobs(2000)) }
            let many = try await life(store)
            #expect(few["enqueue"] ?? .max <= Most.enqueue, "\(few)")
            #expect(few["claim"] ?? .max <= Most.claim, "\(few)")
            #expect(few["settle"] ?? .max <= Most.settle, "\(few)")
            #expect(few["bulk enqueue"] ?? .max <= Most.bulkEnqueue, "\(few)")
            #expect(few["bulk claim"] ?? .max <= Most.bulkClaim, "\(few)")
            for (step, pages) in few {
                let more = many[step] ?? .max
                #expect(pages > 0 && more <= pages + Most.deeper, "\(step): \(few), then \(many)")
            }
        }
    }

    private func life(_ store: SQLiteStore) async throws -> [String: Int] {
        var claims: [Claim] = []
        return [
            "enqueue": try await pages(store) { _ = try await store.enqueue(jobs(1)) },
            "bulk enqueue": try await pages(store) { _ = try await store.enqueue(jobs(1000)) },
            "claim": try await pages(store) { claims = try await store.claims(1) },
            "settle": try await pages(store) { _ = try await store.settle(claims[0].ticket, .done) },
            "bulk claim": try await pages(store) { claims = try await store.claims(100) },
        ]
    }

    /// The pages that the body adds to the log, which is begun anew before.
    private func pages(_ store: SQLiteStore, _ body: () async throws -> Void) async throws -> Int {
        _ = try await store.pagesInLog()
        try await body()
        return try await store.pagesInLog()
    }
}

extension SQLiteStore {
    /// The pages in the log, all of which are in the file afterwards: the next write begins the log anew.
    fileprivate func pagesInLog() async throws -> Int {
        let connection = try SQLiteConnection(path: path, access: .readWrite)
        defer { connection.close() }
        var pages = -1
        try connection.prepare("PRAGMA wal_checkpoint(RESTART)").eachRow { row in pages = Int(row.integer(1)) }
        return pages
    }
}
