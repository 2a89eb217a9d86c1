import RoostJobs
import Testing

extension StoreConformance {
    static let counting: [StoreCase] = [
        StoreCase("an empty store counts nothing") { store, _ async throws in
            let counts = try await store.counts()
            #expect(counts.total == 0)
            #expect(counts.totals == StoreCounts.Totals())
        },
        StoreCase("jobs are counted by queue and state") { store, clock async throws in
            for queue in ["a", "a", "b", "c.d/e@f:1"] { try await store.enqueue1(queue: queue) }
            try await store.enqueue1(queue: "b", start: .after(clock.long))
            _ = try await store.claims(1, queues: ["a"])
            let counts = try await store.counts()
            #expect(counts.queues["a"]?[.queued] == 1)
            #expect(counts.queues["a"]?[.running] == 1)
            #expect(counts.queues["b"]?[.queued] == 1)
            #expect(counts.queues["b"]?[.scheduled] == 1)
            #expect(counts.queues["c.d/e@f:1"]?[.queued] == 1)
            #expect(counts[.queued] == 3)
            #expect(counts.total == 5)
        },
        StoreCase("totals tell a life's story") { store, clock async throws in
            try await store.enqueue1()
            try await store.attempt(.retry(after: .zero, error: "x"))
            _ = try await store.claim1(lease: clock.short)
            _ = try await clock.reclaimed(store)
            try await store.attempt(.released)
            try await store.attempt(.snoozed(.zero))
            try await store.attempt(.done)
            try await store.enqueue1()
            try await store.attempt(.failed(error: "x"))
            try await store.enqueue1()
            try await store.attempt(.cancelled(reason: "x"))
            var totals = StoreCounts.Totals()
            (totals.enqueued, totals.started, totals.done) = (3, 7, 1)
            (totals.retried, totals.failed, totals.reclaimed) = (1, 1, 1)
            #expect(try await store.counts().totals == totals)
        },
        StoreCase("what was not accepted is not counted") { store, clock async throws in
            let id = try await store.enqueue1(key: "k")
            _ = try await store.enqueue([
                NewJob(id: id, type: "t", queue: "q", payload: []),
                NewJob(type: "t", queue: "q", payload: [], uniqueKey: "k"),
            ])
            await clock.expect(.invalid) { _ = try await store.enqueue([NewJob(type: "", queue: "q", payload: [])]) }
            #expect(try await store.counts().total == 1)
            #expect(try await store.counts().totals.enqueued == 1)
        },
        StoreCase("after 300 random operations the counters equal a recount") { store, _ async throws in
            for seed in [11, 12] as [UInt64] {
                var random = StoreWalk(seed: seed, store: store, twin: nil)
                var before = try await store.counts().totals
                for _ in 0..<300 {
                    try await random.step()
                    let now = try await store.counts().totals
                    #expect(now.hasOnlyGrown(since: before))
                    before = now
                }
                try await recount(store)
            }
        },
        StoreCase("300 random operations have the same effect as on the model") { store, _ async throws in
            try await compare(store, StoreWalk(seed: 21, store: store, twin: MemoryStore()))
        },
        StoreCase("300 random operations of every kind have the same effect as on the model") { store, _ async throws in
            try await compare(store, StoreWalk(seed: 22, store: store, twin: MemoryStore(), isWide: true))
        },
        StoreCase("300 other random operations of every kind have the same effect as on the model") {
            store, _ async throws in
            try await compare(store, StoreWalk(seed: 23, store: store, twin: MemoryStore(), isWide: true))
        },
        StoreCase("500 random operations of every kind leave a store that adds up") { store, _ async throws in
            var walk = StoreWalk(seed: 31, store: store, twin: nil, isWide: true)
            for _ in 0..<500 { try await walk.step() }
            try await recount(store)
            #expect(try await store.check(repair: false).findings == [])
        },
    ]

    /// Walks both stores and compares all that is left.
    static func compare(_ store: any JobStore, _ walk: StoreWalk, steps: Int = 300) async throws {
        var walk = walk
        let twin = try #require(walk.twin)
        for _ in 0..<steps { try await walk.step() }
        let (mine, its) = (try await store.all(), try await twin.all())
        #expect(mine.map(\.timeless) == its.map(\.timeless))
        let (counts, twins) = (try await store.counts(), try await twin.counts())
        #expect(counts.totals == twins.totals)
        for state in JobState.allCases { #expect(counts[state] == twins[state], "\(state)") }
    }

    /// Compares the counters with the jobs that are listed.
    static func recount(_ store: any JobStore) async throws {
        var recount: [String: [JobState: Int]] = [:]
        for job in try await store.all(JobQuery(limit: 200)) {
            recount[job.queue, default: [:]][job.state, default: 0] += 1
        }
        let counts = try await store.counts().queues.mapValues { $0.filter { $0.value != 0 } }.filter {
            !$0.value.isEmpty
        }
        #expect(counts == recount)
        for state in JobState.allCases {
            #expect(
                try await store.list(JobQuery(state: state)).total == recount.values.reduce(0) { $0 + ($1[state] ?? 0) }
            )
        }
    }
}

extension StoreCounts.Totals {
    fileprivate func hasOnlyGrown(since before: StoreCounts.Totals) -> Bool {
        enqueued >= before.enqueued && started >= before.started && done >= before.done && retried >= before.retried
            && failed >= before.failed && reclaimed >= before.reclaimed
    }
}

extension JobRecord {
    /// The record without its moments, which differ between two stores.
    fileprivate var timeless: JobRecord {
        var record = self
        record.insertedAt = Timestamp(microseconds: 0)
        (record.runAt, record.startedAt, record.finishedAt, record.expiresAt) = (nil, nil, nil, nil)
        (record.startBy, record.deadline) = (nil, nil)
        return record
    }
}
