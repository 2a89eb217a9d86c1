import RoostJobs
import Testing

extension StoreConformance {
    static let settling: [StoreCase] = [
        StoreCase("a job that succeeded is done and keeps its result for its time to live") { store, _ in
            let id = try await store.enqueue1(ttl: .seconds(77))
            let claim = try await store.claim1()
            #expect(try await store.settle(claim.ticket, .succeeded(result: [1, 2, 3])) == .settled)
            let record = try await store.record(id)
            #expect(record.state == .done)
            #expect(record.result == [1, 2, 3])
            #expect(record.error == nil)
            #expect(record.attempt == 1)
            #expect(record.worker == "w")
            #expect(record.startedAt == claim.job.startedAt)
            let end = try #require(record.finishedAt)
            #expect(end >= claim.job.startedAt ?? end)
            #expect(record.expiresAt == end.advanced(by: .seconds(77)))
        },
        StoreCase("attempts of every end are recorded in one call, but those whose lease is lost") { store, _ in
            let outcomes: [Outcome] = [
                .succeeded(result: [1]), .failed(error: "no"), .cancelled(reason: "no more"), .released,
                .retry(after: .seconds(600), error: "later"), .succeeded(result: [2]),
            ]
            for _ in outcomes { _ = try await store.enqueue1() }
            let claims = try await store.claims(outcomes.count)
            var ends = zip(claims, outcomes).map { AttemptEnd($0.ticket, $1) }
            #expect(try await store.settle(claims[5].ticket, .released) == .settled)
            let later = try await store.claims(1)
            ends.append(AttemptEnd(try #require(later.first).ticket, .done))
            let settlements = try await store.settle(ends)
            #expect(settlements == [.settled, .settled, .settled, .settled, .settled, .leaseLost, .settled])
            var states: [JobState] = []
            for claim in claims { states.append(try await store.record(claim.job.id).state) }
            #expect(states == [.done, .failed, .cancelled, .queued, .scheduled, .done])
            #expect(try await store.settle([]) == [])
        },
        StoreCase("a job that failed is a dead letter and keeps its error") { store, _ in
            let id = try await store.enqueue1(ttl: .seconds(1))
            try await store.attempt(.failed(error: "no such file"))
            let record = try await store.record(id)
            #expect(record.state == .failed)
            #expect(record.error == "no such file")
            #expect(record.result == nil)
            #expect(record.attempt == 1)
            let end = try #require(record.finishedAt)
            #expect(record.expiresAt == end.advanced(by: JobDefaults.deadTTL))
            #expect(try await store.counts().totals.failed == 1)
        },
        StoreCase("a job called off while it ran keeps the reason") { store, _ in
            let id = try await store.enqueue1(ttl: .seconds(77))
            try await store.attempt(.cancelled(reason: "not wanted"))
            let record = try await store.record(id)
            #expect(record.state == .cancelled)
            #expect(record.error == "not wanted")
            let end = try #require(record.finishedAt)
            #expect(record.expiresAt == end.advanced(by: .seconds(77)))
        },
        StoreCase("a released job is queued at once and gets its attempt back") { store, _ in
            let id = try await store.enqueue1()
            try await store.attempt(.released)
            let record = try await store.record(id)
            #expect(record.state == .queued)
            #expect(record.attempt == 0)
            #expect(record.error == nil)
            #expect(record.finishedAt == nil)
            #expect(record.expiresAt == nil)
            #expect(try await store.claim1().job.attempt == 1)
        },
        StoreCase("a snoozed job is scheduled and gets its attempt back") { store, clock in
            let id = try await store.enqueue1()
            let start = try await store.record(id).insertedAt
            try await store.attempt(.snoozed(clock.long))
            let record = try await store.record(id)
            #expect(record.state == .scheduled)
            #expect(record.attempt == 0)
            #expect(try #require(record.runAt) >= start.advanced(by: clock.long))
            #expect(try await store.claims().isEmpty)
            #expect(try await store.counts().totals.retried == 0)
        },
        StoreCase("a job snoozed for no time is queued at once") { store, _ in
            let id = try await store.enqueue1()
            try await store.attempt(.snoozed(.zero))
            #expect(try await store.record(id).state == .queued)
            #expect(try await store.record(id).runAt == nil)
            #expect(try await store.claim1().job.attempt == 1)
        },
        StoreCase("settled jobs are never handed out again") { store, _ in
            for outcome in [.done, .failed(error: "x"), .cancelled(reason: "x")] as [Outcome] {
                try await store.enqueue1()
                try await store.attempt(outcome)
                #expect(try await store.claims().isEmpty)
            }
            #expect(try await store.reclaim(limit: 10, maxCrashes: 3).isEmpty)
        },
        StoreCase("an attempt may be settled late, while nobody has taken its lease back") { store, clock in
            let id = try await store.enqueue1()
            let claim = try await store.claim1(lease: .milliseconds(1))
            try await clock.lull(store)
            #expect(try await store.settle(claim.ticket, .done) == .settled)
            #expect(try await store.record(id).state == .done)
            #expect(try await store.reclaim(limit: 10, maxCrashes: 3).isEmpty)
        },
    ]

    static let settledRecords: [StoreCase] = [
        StoreCase("results are kept byte for byte") { store, _ in
            let results: [[UInt8]] = [
                [], Array("null".utf8), [0], Array(0...255), [0xFF, 0x80], Array("{\"a\":\"\n\"}".utf8), [32], [45],
            ]
            for result in results {
                let id = try await store.enqueue1()
                try await store.attempt(.succeeded(result: result))
                #expect(try await store.record(id).result == result)
            }
        },
        StoreCase("a result may have a mebibyte") { store, _ in
            var random = SeededGenerator(seed: 2)
            let result = (0..<JobLimits.resultBytes).map { _ in UInt8.random(in: 0...255, using: &random) }
            let id = try await store.enqueue1()
            try await store.attempt(.succeeded(result: result))
            #expect(try await store.record(id).result == result)
        },
        StoreCase("error texts are kept as they are") { store, _ in
            for text in [
                "x", "two words", "line\nbreak\r\n", "NUL \0 inside", "\"quoted\" 'x' \\ %s $1", "ünïcödé 🐦", "-", "0",
            ] {
                let id = try await store.enqueue1()
                try await store.attempt(.failed(error: text))
                #expect(try await store.record(id).error == text)
            }
        },
        StoreCase("an error text is cut at its limit, between two characters") { store, _ in
            for (unit, padding) in [("x", ""), ("ü", ""), ("ü", "x"), ("🐦", "x"), ("🐦", "xxx")] {
                let text = padding + String(repeating: unit, count: JobLimits.errorBytes)
                let id = try await store.enqueue1()
                try await store.attempt(.failed(error: text))
                let error = try #require(try await store.record(id).error)
                #expect(error.utf8.count <= JobLimits.errorBytes)
                #expect(error.utf8.count > JobLimits.errorBytes - 4)
                #expect(text.hasPrefix(error))
            }
        },
        StoreCase("the errors of retries and the reasons of cancellations are cut too") { store, _ in
            let text = String(repeating: "x", count: 3 * JobLimits.errorBytes)
            let id = try await store.enqueue1()
            try await store.attempt(.retry(after: .zero, error: text))
            #expect(try await store.record(id).error?.utf8.count == JobLimits.errorBytes)
            try await store.attempt(.cancelled(reason: text))
            #expect(try await store.record(id).error?.utf8.count == JobLimits.errorBytes)
        },
        StoreCase("an error of exactly the limit is kept whole") { store, _ in
            let text = String(repeating: "x", count: JobLimits.errorBytes)
            let id = try await store.enqueue1()
            try await store.attempt(.failed(error: text))
            #expect(try await store.record(id).error == text)
        },
        StoreCase("a second attempt still shows the error of the first") { store, _ in
            let id = try await store.enqueue1()
            try await store.attempt(.retry(after: .zero, error: "first try"))
            #expect(try await store.claim1().job.error == "first try")
            #expect(try await store.record(id).error == "first try")
        },
        StoreCase("a job done after failures has no error left") { store, _ in
            let id = try await store.enqueue1()
            for _ in 0..<2 { try await store.attempt(.retry(after: .zero, error: "again")) }
            try await store.attempt(.done)
            let record = try await store.record(id)
            #expect(record.error == nil)
            #expect(record.attempt == 3)
            #expect(record.result == Array("{}".utf8))
        },
        StoreCase("a job that failed for good after failures has its last error") { store, _ in
            let id = try await store.enqueue1()
            try await store.attempt(.retry(after: .zero, error: "first"))
            try await store.attempt(.released)
            #expect(try await store.record(id).error == "first")
            try await store.attempt(.failed(error: "last"))
            #expect(try await store.record(id).error == "last")
            #expect(try await store.record(id).attempt == 2)
        },
    ]
}
