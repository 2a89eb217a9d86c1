import RoostJobs
import RoostTestKit
import Synchronization
import Testing

@testable import RoostStores

@Suite("Records in an SQLite file")
struct SQLiteRecordTests {
    /// Every job of the file by queue and state, counted row by row.
    private func recount(_ store: SQLiteStore) async throws -> [String: [JobState: Int]] {
        try await store.reader.read { connection throws(SQLiteFailure) in
            try SQLiteLedger(rebuilding: connection).counts
        }
    }

    @Test("counts and lanes equal a recount after random operations", arguments: [1, 2, 3] as [UInt64])
    func countsAgree(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let offset = Mutex(Duration.zero)
        let start = Timestamp.now()
        let folder = try SQLiteFolder()
        let now: @Sendable () -> Timestamp = { start.advanced(by: offset.withLock { $0 }) }
        try await folder.withStore(now: now) { store async throws in
            var tickets: [Claim.Ticket] = []
            for _ in 0..<600 {
                switch Int.random(in: 0..<10, using: &random) {
                case 0..<3:
                    let jobs = (0..<Int.random(in: 1...20, using: &random)).map { _ in
                        NewJob(
                            type: "t\(Int.random(in: 0..<4, using: &random))",
                            queue: "q\(Int.random(in: 0..<3, using: &random))",
                            payload: [UInt8](
                                repeating: 1, count: [0, 100, 512, 513, 5000].randomElement(using: &random) ?? 0),
                            priority: Int.random(in: 1...10, using: &random),
                            resultTTL: .seconds(Int64.random(in: 0...20, using: &random)),
                            start: Bool.random(using: &random)
                                ? .now : .after(.seconds(Int64.random(in: 0...30, using: &random))),
                            uniqueKey: [nil, nil, "a", "b", "c"].randomElement(using: &random) ?? nil)
                    }
                    _ = try await store.enqueue(jobs)
                case 3..<5:
                    tickets += try await store.claims(
                        Int.random(in: 1...20, using: &random), queues: ["q1", "q0"],
                        types: Bool.random(using: &random) ? nil : ["t1", "t2"],
                        lease: Bool.random(using: &random) ? .milliseconds(1) : .seconds(600)
                    ).map(\.ticket)
                case 5..<8:
                    guard let index = tickets.indices.randomElement(using: &random) else { continue }
                    let delay = Duration.seconds(Int64.random(in: 0...10, using: &random))
                    let outcomes: [Outcome] = [
                        .done, .failed(error: "x"), .retry(after: delay, error: "x"), .released, .snoozed(delay),
                        .cancelled(reason: "x"),
                    ]
                    _ = try await store.settle(tickets[index], outcomes.randomElement(using: &random) ?? .done)
                case 8: offset.withLock { $0 += .seconds(Int64.random(in: 0...5, using: &random)) }
                default:
                    _ = try await store.promoteDue(limit: 10, wait: .zero)
                    _ = try await store.reclaim(limit: 10, maxCrashes: 2)
                    _ = try await store.prune(limit: 20)
                }
            }
            #expect(try await store.counts().queues == recount(store))
            let rebuilt = try await store.reader.read { connection throws(SQLiteFailure) in
                try SQLiteLedger(rebuilding: connection)
            }
            let ledger = store.writer.committer.ledger.withLock { $0 }
            #expect(ledger.bands == rebuilt.bands)
            #expect(ledger.figures.totals == rebuilt.figures.totals)
            #expect(ledger.figures.sequence == rebuilt.figures.sequence)
            #expect(ledger.leases.count == rebuilt.counts.values.reduce(0) { $0 + ($1[.running] ?? 0) })
        }
    }

    @Test("long lists are read page by page, each job once")
    func pages() async throws {
        try await SQLiteFolder().withStore { store async throws in
            let ids = try await store.enqueue(count: 1234) + store.enqueue(count: 321, queue: "other")
            #expect(try await store.all().map(\.id) == ids.reversed())
            #expect(try await store.all(JobQuery(limit: 7)).count == 1555)
            #expect(try await store.all(JobQuery(state: .queued, limit: 200)).map(\.id) == ids.reversed())
            #expect(try await store.all(JobQuery(queue: "other", limit: 50)).map(\.id) == ids[1234...].reversed())
            #expect(
                try await store.all(JobQuery(state: .queued, type: "t", queue: "q")).map(\.id)
                    == ids[..<1234].reversed())
            #expect(try await store.list(JobQuery(offset: 1_000_000_000)).jobs.isEmpty)
            #expect(try await store.list(JobQuery(offset: 1554)).jobs.map(\.id) == [ids[0]])
        }
    }

    @Test("a search looks at the newest hundred thousand jobs only")
    func searchIsBounded() async throws {
        try await SQLiteFolder().withStore { store async throws in
            try await store.enqueue1(type: "old")
            for _ in 0..<10 { _ = try await store.enqueue(count: JobQuery.searchWindow / 10) }
            let start = ContinuousClock.now
            #expect(try await store.list(JobQuery(type: "old")).jobs.isEmpty)
            #expect(try await store.list(JobQuery(type: "t")).jobs.count == 50)
            #expect(ContinuousClock.now - start < .seconds(10))
        }
    }

    @Test("a long payload lies apart and goes with its job")
    func bodies() async throws {
        let folder = try SQLiteFolder()
        let start = Timestamp.now()
        let later = Mutex(false)
        let now: @Sendable () -> Timestamp = { later.withLock { $0 } ? start.advanced(by: .seconds(100)) : start }
        func bodies(_ store: SQLiteStore) async throws -> Int64 {
            try await store.reader.read { connection throws(SQLiteFailure) in
                try connection.integer("SELECT count(*) FROM bodies")
            }
        }
        try await folder.withStore(now: now) { store async throws in
            for size in [0, SQLiteSchema.inlineBytes, SQLiteSchema.inlineBytes + 1, 100_000] {
                let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
                let id = try await store.enqueue1(payload: payload, ttl: .seconds(10))
                #expect(try await store.record(id).payload == payload)
                #expect(try await store.list(JobQuery(limit: 1)).jobs.first?.payload == payload)
                #expect(try await store.claim1().job.payload == payload)
                try await store.reclaimAll()
                try await store.attempt(.done)
            }
            #expect(try await bodies(store) == 2)
            later.withLock { $0 = true }
            #expect(try await store.prune(limit: 10) == 4)
            #expect(try await bodies(store) == 0)
        }
    }

    @Test("a dead letter is kept for thirty days")
    func deadLetters() async throws {
        let start = Timestamp.now()
        let days = Mutex(0)
        let now: @Sendable () -> Timestamp = { start.advanced(by: .seconds(86_400 * days.withLock { $0 })) }
        try await SQLiteFolder().withStore(now: now) { store async throws in
            let id = try await store.enqueue1(ttl: .zero)
            try await store.attempt(.failed(error: "x"))
            days.withLock { $0 = 29 }
            #expect(try await store.prune(limit: 10) == 0)
            #expect(try await store.record(id).state == .failed)
            days.withLock { $0 = 30 }
            #expect(try await store.job(id) == nil)
            #expect(try await store.prune(limit: 10) == 1)
        }
    }

    @Test("jobs of hundreds of types in one queue are each handed out once")
    func manyLanes() async throws {
        try await SQLiteFolder().withStore { store async throws in
            let jobs = (0..<900).map { NewJob(type: "t\($0 % 600)", queue: "q", payload: []) }
            _ = try await store.enqueue(jobs)
            var claimed: [JobID] = []
            while true {
                let claims = try await store.claims(37)
                if claims.isEmpty { break }
                claimed += claims.map(\.job.id)
            }
            #expect(claimed.count == 900)
            #expect(Set(claimed) == Set(jobs.map(\.id)))
        }
    }

    @Test("types of one queue and priority share a line: first in, first out")
    func oneLine() async throws {
        try await SQLiteFolder().withStore { store async throws in
            var random = SeededGenerator(seed: 4)
            let jobs = (0..<500).map { _ in
                NewJob(type: "t\(Int.random(in: 0..<7, using: &random))", queue: "q", payload: [])
            }
            _ = try await store.enqueue(jobs)
            var claimed: [JobID] = []
            for limit in [1, 3, 50, 1000] { claimed += try await store.claims(limit).map(\.job.id) }
            #expect(claimed == jobs.map(\.id))
        }
    }
}

extension SQLiteStore {
    /// Takes back whatever runs, as a restart does.
    fileprivate func reclaimAll() async throws {
        _ = try await writer.write { transaction throws(SQLiteFailure) in
            try transaction.takeBackRunning(limit: 100, maxCrashes: 100)
        }
    }
}
