import RoostJobs
import RoostTestKit
import Testing

@testable import RoostStores

@Suite("A file of an earlier release")
struct SQLiteMigrationTests {
    private static let start = Timestamp(microseconds: SQLiteRelease1.time)

    private func id(_ number: UInt64) -> JobID { JobID(high: UInt64(Self.start.milliseconds) << 16, low: number) }

    private func folder() throws -> SQLiteFolder {
        let folder = try SQLiteFolder()
        try SQLiteFolder.write(folder.path, SQLiteRelease1.bytes)
        return folder
    }

    @Test("has all its jobs, and what ran is queued again")
    func keepsJobs() async throws {
        try await folder().withStore(now: { Self.start.advanced(by: .seconds(60)) }) { store async throws in
            #expect(store.recovered == Reclaimed(requeued: [id(5)]))
            let states: [JobState] = [
                .done, .failed, .cancelled, .scheduled, .queued, .scheduled, .queued, .queued, .queued, .queued,
            ]
            for (index, state) in states.enumerated() {
                #expect(try await store.record(id(UInt64(index + 1))).state == state)
            }
            let done = try await store.record(id(1))
            #expect(done.result == Array("{\"ok\":true}".utf8))
            #expect(done.worker == "worker@old:1")
            #expect(done.maxAttempts == 4 && done.timeout == .seconds(60) && done.resultTTL == .seconds(365 * 86_400))
            #expect(try await store.record(id(2)).error == "it broke")
            #expect(try await store.record(id(4)).error == "not yet")
            #expect(try await store.record(id(5)).payload == [UInt8](repeating: 97, count: 2000))
            #expect(try await store.job(uniqueKey: "order-1")?.id == id(1))
            #expect(
                try await store.counts()
                    == StoreCounts(
                        queues: [
                            "q": [.queued: 4, .scheduled: 2, .done: 1, .failed: 1, .cancelled: 1],
                            "other": [.queued: 1],
                        ],
                        totals: {
                            var totals = StoreCounts.Totals()
                            (totals.enqueued, totals.started, totals.done) = (10, 5, 1)
                            (totals.retried, totals.failed, totals.reclaimed) = (1, 1, 1)
                            return totals
                        }()))
            #expect(try await store.list(JobQuery()).jobs.count == 10)
            #expect(try await store.check(repair: false).findings.isEmpty)
        }
    }

    @Test("goes on: its jobs run, wait, are settled and have what is new")
    func isUsed() async throws {
        try await folder().withStore(now: { Self.start.advanced(by: .seconds(7200)) }) { store async throws in
            let old = Claim.Ticket(id: id(5), token: SQLiteRelease1.token, queue: "q", type: "t", priority: 5)
            #expect(try await store.settle(old, .done) == .leaseLost)
            #expect(try await store.promoteDue(limit: 10, wait: .zero) == 2)
            let claims = try await store.claims(100, queues: ["q", "other"])
            #expect(claims.map(\.job.id).prefix(1) == [id(8)])
            #expect(Set(claims.map(\.job.id)) == Set([4, 5, 6, 7, 8, 9, 10].map(id)))
            #expect(claims.allSatisfy { $0.ticket.token > SQLiteRelease1.token })
            for claim in claims { #expect(try await store.settle(claim.ticket, .failed(error: "new")) == .settled) }
            #expect(try await store.notes(id(7))?.failures.map(\.error) == ["new"])
            #expect(try await store.replay(id(2)) == .queued)
            #expect(try await store.cancel(id(2), reason: "no") == .cancelled)
            #expect(try await store.delete(id(1)) == .deleted)
            var child = NewJob(type: "t", queue: "q", payload: [])
            child.parents = [id(2)]
            child.parentRule = .ended
            child.tenant = "a"
            #expect(try await store.enqueue([child]) == [.accepted(child.id)])
            #expect(try await store.claims().map(\.job.tenant) == ["a"])
            #expect(try await store.check(repair: false).findings.isEmpty)
        }
    }

    @Test("has the layout a new file has")
    func sameLayout() async throws {
        func layout(_ folder: SQLiteFolder) async throws -> Set<String> {
            try await folder.withStore { store async throws in
                try await store.reader.read { connection throws(SQLiteFailure) in
                    var lines: Set<String> = ["version \(try connection.integer("PRAGMA user_version"))"]
                    let columns = """
                        SELECT m.name, c.name, c.type, c."notnull", c.pk FROM sqlite_schema m, pragma_table_info(m.name) c
                        """
                    try connection.prepare(columns).eachRow { row in
                        lines.insert((0..<5).map { row.text($0) }.joined(separator: " "))
                    }
                    try connection.prepare("SELECT sql FROM sqlite_schema WHERE type = 'index'").eachRow { row in
                        lines.insert(row.text(0))
                    }
                    return lines
                }
            }
        }
        let fresh = try await layout(SQLiteFolder())
        #expect(try await layout(folder()) == fresh)
        #expect(try await layout(SQLiteRelease2.folder()) == fresh)
        #expect(fresh.count > 100)
    }

    @Test("whose change fails is left as it was, and is changed later")
    func allOrNothing() async throws {
        let folder = try folder()
        var configuration = SQLiteConfiguration()
        configuration.maximumPages = 12
        #expect(throws: StoreError.self) { try SQLiteStore(path: folder.path, configuration: configuration) }
        let connection = try SQLiteConnection(path: folder.path, access: .readWrite)
        #expect(try connection.integer("PRAGMA user_version") == 1)
        #expect(try connection.integer("SELECT count(*) FROM sqlite_schema WHERE name = 'job_extras'") == 0)
        connection.close()
        #expect(try await folder.withStore { try await $0.counts().total } == 10)
        // Opened once more it is of this layout already.
        #expect(try await folder.withStore { try await $0.counts().total } == 10)
    }

    @Test("of the second release keeps its jobs, periodic jobs and limits, and has what is new")
    func secondRelease() async throws {
        let ids = SQLiteRelease2.ids
        try #require(ids.count == 4)
        let folder = try SQLiteRelease2.folder()
        try await folder.withStore(now: { SQLiteRelease2.time }) { store async throws in
            let states = try await store.list(JobQuery()).jobs.map { ($0.id, $0.state) }
            #expect(states.map(\.0) == ids.reversed())
            #expect(states.map(\.1) == [.cancelled, .scheduled, .queued, .queued])
            let first = try await store.record(ids[0])
            #expect(first.tenant == "acme" && first.tags == ["nightly"] && first.payload == Array("{\"n\":1}".utf8))
            #expect(try await store.job(uniqueKey: "order-2")?.id == ids[1])
            #expect(try await store.record(ids[3]).error == "cancelled by request")
            #expect(try await store.crons().map(\.entry.schedule) == ["0 3 * * *"])
            #expect(try await store.queues().first { $0.name == "q" }?.settings.concurrency == 3)
            #expect(try await store.putDocument("a", in: "c", body: [1], replacing: 0) == 1)
            try await store.append([2], to: "l", keeping: 10)
            #expect(try await store.spend(2, of: "m", limit: 5, period: .seconds(86_400)).remaining == 3)
            #expect(try await Set(store.claims(10).map(\.job.id)) == Set(ids[..<2]))
            #expect(try await store.check(repair: false).findings.isEmpty)
        }
        try await folder.withStore(now: { SQLiteRelease2.time }) { store async throws in
            #expect(try await store.document("a", in: "c")?.body == [1])
            #expect(try await store.entries(of: "l", before: nil, limit: 10).map(\.body) == [[2]])
            #expect(try await store.spend(2, of: "m", limit: 5, period: .seconds(86_400)).remaining == 1)
        }
    }

    @Test("of the second release whose change fails is left as it was, and is changed later")
    func secondReleaseAllOrNothing() async throws {
        let folder = try SQLiteRelease2.folder()
        let connection = try SQLiteConnection(path: folder.path, access: .readWrite)
        let pages = try connection.integer("PRAGMA page_count")
        connection.close()
        var configuration = SQLiteConfiguration()
        configuration.maximumPages = Int(pages) + 2
        #expect(throws: StoreError.self) { try SQLiteStore(path: folder.path, configuration: configuration) }
        let later = try SQLiteConnection(path: folder.path, access: .readWrite)
        #expect(try later.integer("PRAGMA user_version") == 2)
        #expect(try later.integer("SELECT count(*) FROM sqlite_schema WHERE name = 'documents'") == 0)
        later.close()
        #expect(try await folder.withStore { try await $0.counts().total } == 4)
    }
}
