import RoostJobs
import RoostTestKit
import Synchronization
import Testing

@testable import RoostStores

@Suite("Checking an SQLite store")
struct SQLiteCheckTests {
    private let clock = StoreClock()

    private func kinds(_ report: StoreReport) -> [String: Int] {
        Dictionary(report.findings.map { ($0.kind, $0.count) }, uniquingKeysWith: +)
    }

    /// The damage is found, put right, and not found again.
    private func expectFindings(
        _ expected: [String: Int], _ store: SQLiteStore, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let found = try await store.check(repair: false)
        #expect(kinds(found) == expected, sourceLocation: sourceLocation)
        #expect(!found.findings.contains { $0.isRepaired }, sourceLocation: sourceLocation)
        let repaired = try await store.check(repair: true)
        #expect(kinds(repaired) == expected, sourceLocation: sourceLocation)
        #expect(!repaired.findings.contains { !$0.isRepaired }, sourceLocation: sourceLocation)
        let again = try await store.check(repair: false)
        #expect(again.findings == [], sourceLocation: sourceLocation)
    }

    @Test("counts that drifted are found and put right")
    func counts() async throws {
        try await SQLiteFolder().withStore { store async throws in
            _ = try await store.enqueue(count: 5)
            try await store.enqueue(tenant: "a", count: 3)
            _ = try await store.claims(2)
            let before = try await store.counts()
            store.writer.committer.ledger.withLock { ledger in
                ledger.counts["q"] = [.queued: 1, .done: 4]
                ledger.counts["ghost"] = [.failed: 1]
                ledger.running = 9
                ledger.bands = [:]
                ledger.tenantBands[.init(queue: "q", priority: 1)] = ["t": 2]
            }
            let report = try await store.check(repair: true)
            #expect(report.jobs == 8)
            #expect(Set(report.findings.map(\.kind)) == ["count-drift", "missing-entry"])
            #expect(try await store.check(repair: false).findings.isEmpty)
            #expect(try await store.counts() == before)
            #expect(try await store.claims().count == 6)
        }
    }

    @Test("lanes of tenants that drifted are found and put right")
    func turns() async throws {
        try await SQLiteFolder().withStore { store async throws in
            try await store.enqueue(tenant: "a", count: 3)
            store.writer.committer.turns.withLock { turns in
                let lane = SQLiteLedger.Lane(queue: "q", priority: 5, type: "t")
                turns.correct(lane, "a", jobs: 0)
                turns.correct(lane, "b", jobs: 1)
                turns.commit()
            }
            #expect(try await store.claims().isEmpty)
            try await expectFindings(["missing-entry": 2], store)
            #expect(try await store.claims().count == 3)
        }
    }

    @Test("the search index is looked at from both sides")
    func terms() async throws {
        try await SQLiteFolder().withStore { store async throws in
            var job = NewJob(type: "t", queue: "q", payload: [])
            job.tags = ["vip", "eu"]
            job.terms = ["user": "a b"]
            _ = try await store.enqueue([job, NewJob(type: "t", queue: "q", payload: [])])
            let id = job.id
            let other = try #require(try await store.list(JobQuery(limit: 1)).jobs.first?.id)
            try await store.writer.write { transaction throws(SQLiteFailure) in
                try transaction.dropTerms(of: id)
                try transaction.addTerms(["eu"], id)
                try transaction.addTerms(["vip"], other)
                try transaction.addTerms(["vip"], JobIDGenerator.shared.next())
            }
            try await expectFindings(["missing-index": 2, "dangling-index": 2], store)
            #expect(try await store.list(JobQuery(tag: "vip", terms: ["user": "a b"])).jobs.map(\.id) == [job.id])
        }
    }

    @Test("jobs that would never run again are found and run")
    func stuckJobs() async throws {
        try await SQLiteFolder().withStore { store async throws in
            let ids = try await store.enqueue(count: 2)
            _ = try await store.claims()
            let later = try await store.enqueue1(start: .after(clock.long))
            store.writer.committer.ledger.withLock { $0.leases = [:] }
            try await store.execute("UPDATE jobs SET token = NULL WHERE id = '\(ids[0])'")
            try await store.execute("UPDATE jobs SET run_at = NULL WHERE id = '\(later)'")
            try await expectFindings(["missing-lease": 2, "missing-schedule": 1], store)
            #expect(Set(try await store.reclaim(limit: 10, maxCrashes: 3).requeued) == Set(ids))
            #expect(try await store.promoteDue(limit: 10, wait: .zero) == 1)
        }
    }

    @Test("records that would be kept for ever, and bytes without a job")
    func orphans() async throws {
        try await SQLiteFolder().withStore { store async throws in
            let done = try await store.enqueue1()
            try await store.attempt(.done)
            let kept = try await store.enqueue1(payload: [UInt8](repeating: 1, count: 1000))
            let gone = JobIDGenerator.shared.next()
            try await store.execute("UPDATE jobs SET expires_at = NULL WHERE id = '\(done)'")
            try await store.execute("INSERT INTO bodies VALUES (0, x'00')")
            try await store.execute("INSERT INTO job_extras (job, attempts_before) VALUES ('\(gone)', 0)")
            try await store.execute("INSERT INTO failures VALUES ('\(gone)', 1, 0, 0, '', '')")
            try await store.execute("INSERT INTO progress VALUES ('\(gone)', NULL, 0, 0)")
            try await store.execute("INSERT INTO logs VALUES ('\(gone)', 1, 0, 0, 0, '')")
            try await store.execute("INSERT INTO logs VALUES ('\(gone)', 2, 0, 0, 0, '')")
            try await store.execute("INSERT INTO dependencies VALUES ('\(gone)', 0, '\(kept)', 0, 1)")
            try await store.execute("INSERT INTO wishes VALUES ('\(kept)', 'x')")
            try await expectFindings(
                ["missing-expiry": 1, "orphan-payload": 1, "orphan-state": 2, "orphan-note": 3, "dangling-index": 1],
                store)
            #expect(try await store.record(done).expiresAt != nil)
            #expect(try await store.claim1().job.payload.count == 1000)
        }
    }

    @Test("a job without its payload is told of and left alone")
    func payloads() async throws {
        try await SQLiteFolder().withStore { store async throws in
            _ = try await store.enqueue1(payload: [UInt8](repeating: 1, count: 1000))
            try await store.execute("DELETE FROM bodies")
            let report = try await store.check(repair: true)
            #expect(kinds(report) == ["missing-payload": 1])
            #expect(report.findings.allSatisfy { !$0.isRepaired })
            #expect(try await store.counts().total == 1)
        }
    }

    @Test("beside work that goes on the sums are exact")
    func besideWork() async throws {
        try await SQLiteFolder().withStore { store async throws in
            for _ in 0..<4 { _ = try await store.enqueue(count: 2000) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<4 {
                    group.addTask {
                        while !Task.isCancelled {
                            try await store.enqueue(tenant: "t\(worker)", count: 3)
                            for claim in try await store.claims(10, worker: "w\(worker)") {
                                _ = try await store.settle(claim.ticket, worker == 0 ? .released : .done)
                            }
                            if worker == 1 { _ = try await store.prune(limit: 50, retention: Retention(done: 100)) }
                        }
                    }
                }
                for _ in 0..<5 { #expect(try await store.check(repair: false).findings == []) }
                group.cancelAll()
                try await group.waitForAll()
            }
            let report = try await store.check(repair: false)
            #expect(report.findings == [])
            #expect(report.jobs == (try await store.counts().total))
        }
    }

    @Test("a second check at the same time is refused, a closed store has none")
    func refuses() async throws {
        try await SQLiteFolder().withStore { store async throws in
            store.isChecking.withLock { $0 = true }
            await clock.expect(.unavailable) { _ = try await store.check(repair: false) }
            store.isChecking.withLock { $0 = false }
            _ = try await store.check(repair: false)
            await store.close()
            await clock.expect(.closed) { _ = try await store.check(repair: false) }
        }
    }
}

extension SQLiteStore {
    /// Runs SQL on the writer's connection.
    fileprivate func execute(_ sql: String) async throws {
        try await writer.write { transaction throws(SQLiteFailure) in try transaction.connection.execute(sql) }
    }
}
