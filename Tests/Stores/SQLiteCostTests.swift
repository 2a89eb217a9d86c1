import RoostJobs
import RoostTestKit
import Testing

@testable import RoostStores

@Suite("What a job costs in an SQLite file")
struct SQLiteCostTests {
    /// Rows the operation writes, the ledger's own row included.
    private func rows(_ store: SQLiteStore, _ operation: () async throws -> Void) async throws -> Int64 {
        let before = try await store.writtenRows()
        try await operation()
        return try await store.writtenRows() - before
    }

    @Test("a job without features writes one row in each step of its life")
    func plainJobs() async throws {
        try await SQLiteFolder().withStore { store async throws in
            #expect(try await rows(store) { _ = try await store.enqueue(count: 100) } == 100 + 1)
            var claims: [Claim] = []
            #expect(try await rows(store) { claims = try await store.claims(100) } == 100 + 1)
            #expect(try await rows(store) { _ = try await store.settle(claims[0].ticket, .done) } == 1 + 1)
            #expect(try await rows(store) { _ = try await store.settle(claims[1].ticket, .released) } == 1 + 1)
            let started = try await store.reader.read { connection throws(SQLiteFailure) in
                try connection.integer(
                    """
                    SELECT (SELECT count(*) FROM starts) + (SELECT count(*) FROM job_extras) \
                    + (SELECT count(*) FROM failures) + (SELECT count(*) FROM ends)
                    """)
            }
            #expect(started == 0)
        }
    }

    @Test("a claim under a rate writes its starts once, not once a job")
    func rates() async throws {
        try await SQLiteFolder().withStore { store async throws in
            _ = try await store.enqueue(count: 100)
            _ = try await store.setQueue("q", .with { $0.rate = RateLimit(count: 500, period: .seconds(60)) })
            #expect(try await rows(store) { _ = try await store.claims(100) } == 100 + 1 + 1)
        }
    }

    @Test("no statement of a job's life goes through all jobs")
    func plans() async throws {
        let queries: [SQLiteQuery] = [
            .ready, .readyOfTenant, .record, .claim, .succeed, .attempt, .settled, .requeue, .end, .lost, .running,
            .due,
            .nextDue, .overdue, .nextOverdue, .promote, .children, .firstEnds, .expired, .keyHolder, .keptKey, .request,
            .dropRequests, .dropKeys, .batchesExpired, .members, .oldest, .oldestOfTenants, .ahead, .aheadOfTenant,
            .dueCrons, .nextCron, .failures, .lines, .firstLines, .dropFailures, .job, .jobByKey, .newestInState,
        ]
        try await SQLiteFolder().withStore { store async throws in
            for query in queries {
                let plan = try await store.reader.read { connection throws(SQLiteFailure) in
                    var plan: [String] = []
                    try connection.prepare("EXPLAIN QUERY PLAN " + query.sql).eachRow { row in plan.append(row.text(3))
                    }
                    return plan
                }
                for line in plan {
                    let isBounded =
                        !line.hasPrefix("SCAN") || line.contains("USING") || line.hasPrefix("SCAN lane")
                        || line.hasPrefix("SCAN (subquery") || line == "SCAN CONSTANT ROW" || line == "SCAN ends"
                    #expect(isBounded, "\(line): \(query.sql)")
                    #expect(!line.contains("TEMP B-TREE"), "\(line): \(query.sql)")
                }
            }
        }
    }

    @Test("tenants at their limit, a thousand of them, do not keep a claim from the next one")
    func manyTenants() async throws {
        try await SQLiteFolder().withStore { store async throws in
            _ = try await store.setQueue("q", .with { $0.tenantConcurrency = 1 })
            let jobs = (0..<2002).map { number in
                var job = NewJob(type: "t\(number % 3)", queue: "q", payload: [], priority: number % 2 + 1)
                job.tenant = "tenant\(number % 1001)"
                return job
            }
            _ = try await store.enqueue(jobs)
            let first = try await store.claims(1000)
            #expect(Set(first.compactMap(\.job.tenant)).count == 1000)
            let last = try await store.claims(1000)
            #expect(last.count == 1)
            #expect(Set((first + last).compactMap(\.job.tenant)).count == 1001)
            #expect(try await store.claims().isEmpty)
            _ = try await store.settle(first[500].ticket, .done)
            #expect(try await store.claims().map(\.job.tenant) == [first[500].job.tenant])
        }
    }
}

extension SQLiteStore {
    fileprivate func writtenRows() async throws -> Int64 {
        try await writer.write { transaction throws(SQLiteFailure) in
            try transaction.connection.integer("SELECT total_changes()")
        }
    }
}
