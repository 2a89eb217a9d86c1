import RoostJobs
import Testing

extension StoreConformance {
    static let uniqueness: [StoreCase] = [
        StoreCase("a queued, running, scheduled or done job holds its unique key") { store, clock in
            let id = try await store.enqueue1(key: "k")
            func refused() async throws -> Bool {
                try await store.enqueue([NewJob(type: "t", queue: "other", payload: [], uniqueKey: "k")])
                    == [.existing(id)]
            }
            #expect(try await refused())
            try await store.attempt(.retry(after: clock.short, error: "x"))
            #expect(try await refused())
            try await clock.promoted(store)
            let claim = try await store.claim1()
            #expect(try await refused())
            _ = try await store.settle(claim.ticket, .done)
            #expect(try await refused())
            #expect(try await store.counts().total == 1)
        },
        StoreCase("a scheduled job holds its key from the start") { store, clock in
            let id = try await store.enqueue1(start: .after(clock.long), key: "k")
            #expect(
                try await store.enqueue([NewJob(type: "t", queue: "q", payload: [], uniqueKey: "k")]) == [.existing(id)]
            )
        },
        StoreCase("a failed or cancelled job gives its key back") { store, _ in
            for outcome in [.failed(error: "x"), .cancelled(reason: "x")] as [Outcome] {
                try await store.enqueue1(key: "k")
                try await store.attempt(outcome)
            }
            let id = try await store.enqueue1(key: "k")
            #expect(try await store.job(uniqueKey: "k")?.id == id)
            #expect(try await store.counts().total == 3)
        },
        StoreCase("a job that died with its workers gives its key back") { store, clock in
            try await store.enqueue1(key: "k")
            _ = try await store.claim1(lease: clock.short)
            _ = try await clock.reclaimed(store, maxCrashes: 1)
            try await store.enqueue1(key: "k")
        },
        StoreCase("the key is free again when the result's time is over") { store, clock in
            let first = try await store.enqueue1(ttl: clock.short, key: "k")
            try await store.attempt(.done)
            try await clock.expired(store, first)
            #expect(try await store.job(uniqueKey: "k") == nil)
            let second = try await store.enqueue1(key: "k")
            #expect(try await store.job(uniqueKey: "k")?.id == second)
        },
        StoreCase("pruning the old holder of a key leaves it with the new one") { store, clock in
            let first = try await store.enqueue1(ttl: clock.short, key: "k")
            try await store.attempt(.done)
            try await clock.expired(store, first)
            let second = try await store.enqueue1(key: "k")
            #expect(try await store.prune(limit: 10) == 1)
            #expect(
                try await store.enqueue([NewJob(type: "t", queue: "q", payload: [], uniqueKey: "k")])
                    == [.existing(second)])
        },
        StoreCase("the key is free again once its job was pruned") { store, clock in
            let first = try await store.enqueue1(ttl: clock.short, key: "k")
            try await store.attempt(.done)
            try await clock.expired(store, first)
            #expect(try await store.prune(limit: 10) == 1)
            try await store.enqueue1(key: "k")
        },
        StoreCase("the second job with a key in one call stands back for the first") { store, _ async throws in
            let jobs = (0..<3).map { _ in NewJob(type: "t", queue: "q", payload: [], uniqueKey: "k") }
            #expect(
                try await store.enqueue(jobs) == [.accepted(jobs[0].id), .existing(jobs[0].id), .existing(jobs[0].id)])
            #expect(try await store.counts().total == 1)
            #expect(try await store.job(jobs[1].id) == nil)
            #expect(try await store.claims().map(\.job.id) == [jobs[0].id])
        },
        StoreCase("a job that stood back leaves no trace, and its id may be used later") { store, _ in
            let holder = try await store.enqueue1(key: "k")
            let late = NewJob(type: "t", queue: "q", payload: [], uniqueKey: "k")
            #expect(try await store.enqueue([late]) == [.existing(holder)])
            try await store.attempt(.failed(error: "x"))
            #expect(try await store.enqueue([late]) == [.accepted(late.id)])
            #expect(try await store.record(late.id).state == .queued)
        },
        StoreCase("different keys, and no keys, do not get in each other's way") { store, _ in
            for key in ["a", "A", "a:b", "b:a", "ab", "\u{E9}", "e\u{301}", "-", "0", nil, nil] {
                try await store.enqueue1(key: key)
            }
            #expect(try await store.counts().total == 11)
            #expect(try await store.job(uniqueKey: "-")?.uniqueKey == "-")
            #expect(try await store.job(uniqueKey: "e\u{301}")?.uniqueKey.map { Array($0.utf8) } == [0x65, 0xCC, 0x81])
        },
        StoreCase("the job that took a key last is found by it, also once it failed") { store, _ in
            #expect(try await store.job(uniqueKey: "k") == nil)
            let first = try await store.enqueue1(key: "k")
            #expect(try await store.job(uniqueKey: "k")?.id == first)
            try await store.attempt(.failed(error: "x"))
            #expect(try await store.job(uniqueKey: "k") == store.record(first))
            let second = try await store.enqueue1(key: "k")
            #expect(try await store.job(uniqueKey: "k")?.id == second)
            #expect(try await store.record(first).uniqueKey == "k")
        },
    ]
}
