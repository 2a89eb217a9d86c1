import RoostJobs
import RoostTestKit
import Testing

@testable import RoostStores

/// That nothing costs an SQLite file more because more jobs wait: counted in pages that statements look at, never timed.
@Suite("Work in a large SQLite file")
struct SQLiteScaleTests {
    @Test("each operation looks at no more than twice the pages with a hundred thousand jobs than with a thousand")
    func pages() async throws {
        try await SQLiteFolder().withStore { store async throws in
            try await fill(store, to: 1000)
            // Once unmeasured: statements are prepared, which reads the schema.
            _ = try await work(store)
            let few = try await work(store)
            try await fill(store, to: 100_000)
            _ = try await work(store)
            let many = try await work(store)
            for (operation, pages) in few {
                let more = try #require(many[operation])
                #expect(pages > 0 && more <= 2 * pages + 2, "\(operation): \(pages) pages, \(more) with many jobs")
            }
        }
    }

    private func jobs(_ count: Int) -> [NewJob] {
        (0..<count).map { _ in NewJob(type: "t", queue: "q", payload: [UInt8](repeating: 0x20, count: 100)) }
    }

    private func fill(_ store: SQLiteStore, to depth: Int) async throws {
        while try await store.counts()[.queued] < depth { _ = try await store.enqueue(jobs(1000)) }
    }

    private func work(_ store: SQLiteStore) async throws -> [String: Int] {
        var claims: [Claim] = []
        return [
            "enqueue": try await pages(store) { _ = try await store.enqueue(jobs(1)) },
            "enqueue many": try await pages(store) { _ = try await store.enqueue(jobs(100)) },
            "claim": try await pages(store) { claims = try await store.claims(1) },
            "claim many": try await pages(store) { claims += try await store.claims(100) },
            "extend and settle": try await pages(store) {
                _ = try await store.extend([claims[0].ticket], lease: .seconds(60))
                _ = try await store.settle(claims[0].ticket, .done)
            },
            "retry": try await pages(store) {
                _ = try await store.settle(claims[1].ticket, .retry(after: .seconds(60), error: "e"))
            },
            "promote": try await pages(store) { _ = try await store.promoteDue(limit: 500, wait: .zero) },
            "cancel": try await pages(store) { _ = try await store.cancel(claims[1].job.id, reason: "r") },
            "look": try await pages(store) {
                _ = try await store.job(claims[2].job.id)
                _ = try await store.list(JobQuery())
                _ = try await store.counts()
                _ = try await store.queues()
            },
            "delete": try await pages(store) { _ = try await store.delete(claims[1].job.id) },
        ]
    }

    /// How often a statement asked for a page meanwhile, in whatever connection.
    private func pages(_ store: SQLiteStore, _ body: () async throws -> Void) async throws -> Int {
        let before = try await lookedAt(store)
        try await body()
        return try await lookedAt(store) - before
    }

    private func lookedAt(_ store: SQLiteStore) async throws -> Int {
        let writer = try await store.writer.write { transaction throws(SQLiteFailure) in
            transaction.connection.pagesLookedAt
        }
        let reader = try await store.reader.read { connection throws(SQLiteFailure) in connection.pagesLookedAt }
        return writer + reader
    }
}
