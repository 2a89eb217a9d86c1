import RoostJobs
import Testing

extension StoreConformance {
    static let expiring: [StoreCase] = [
        StoreCase("a record is gone when its time is over, pruned or not") { store, clock in
            let id = try await store.enqueue1(ttl: clock.short)
            let kept = try await store.enqueue1(ttl: clock.long)
            try await store.attempt(.done)
            try await store.attempt(.done)
            try await clock.expired(store, id)
            #expect(try await store.list(JobQuery()).jobs.map(\.id) == [kept])
            #expect(try await store.list(JobQuery(state: .done)).jobs.map(\.id) == [kept])
            #expect(try await store.list(JobQuery(queue: "q")).jobs.map(\.id) == [kept])
            #expect(try await store.list(JobQuery(type: "t")).jobs.map(\.id) == [kept])
        },
        StoreCase("pruning removes the record and its counts, once") { store, clock in
            let id = try await store.enqueue1(ttl: clock.short)
            try await store.attempt(.done)
            try await clock.expired(store, id)
            #expect(try await store.prune(limit: 10) == 1)
            #expect(try await store.prune(limit: 10) == 0)
            let counts = try await store.counts()
            #expect(counts.total == 0)
            #expect(counts.totals.done == 1)
            #expect(counts.totals.enqueued == 1)
            #expect(try await store.list(JobQuery()).total == 0)
            #expect(try await store.list(JobQuery(state: .done)).total == 0)
        },
        StoreCase("an unfinished job has no end, however short its result is kept") { store, clock in
            let queued = try await store.enqueue1(queue: "other", ttl: .zero)
            let scheduled = try await store.enqueue1(ttl: .zero, start: .after(clock.long))
            let running = try await store.enqueue1(ttl: .zero)
            _ = try await store.claim1()
            try await clock.lull(store)
            #expect(try await store.prune(limit: 10) == 0)
            for id in [queued, scheduled, running] { #expect(try await store.record(id).expiresAt == nil) }
        },
        StoreCase("the time to live counts from the end, not from the start") { store, clock in
            let id = try await store.enqueue1(ttl: .milliseconds(10))
            try await clock.lull(store)
            let claim = try await store.claim1()
            try await clock.lull(store)
            #expect(try await store.record(id).state == .running)
            _ = try await store.settle(claim.ticket, .done)
            try await clock.expired(store, id)
        },
        StoreCase("a result kept for no time is gone at once") { store, clock in
            let id = try await store.enqueue1(ttl: .zero)
            try await store.attempt(.done)
            try await clock.expired(store, id)
            #expect(try await store.prune(limit: 10) == 1)
        },
        StoreCase("pruning spares what is still kept") { store, clock in
            let failed = try await store.enqueue1(ttl: .zero)
            try await store.attempt(.failed(error: "x"))
            let done = try await store.enqueue1(ttl: clock.long)
            try await store.attempt(.done)
            let cancelled = try await store.enqueue1(ttl: clock.long)
            try await store.attempt(.cancelled(reason: "x"))
            let queued = try await store.enqueue1(ttl: .zero)
            try await clock.lull(store)
            #expect(try await store.prune(limit: 10) == 0)
            for id in [failed, done, cancelled, queued] { #expect(try await store.job(id) != nil) }
            #expect(try await store.counts().total == 4)
        },
        StoreCase("a cancelled job goes after its result's time to live") { store, clock in
            let id = try await store.enqueue1(ttl: clock.short)
            try await store.attempt(.cancelled(reason: "x"))
            try await clock.expired(store, id)
            #expect(try await store.prune(limit: 10) == 1)
            #expect(try await store.counts()[.cancelled] == 0)
        },
        StoreCase("a pass prunes no more than its limit") { store, clock in
            _ = try await store.enqueue(count: 5, ttl: .zero)
            for claim in try await store.claims(5) { _ = try await store.settle(claim.ticket, .done) }
            for claim in try await store.list(JobQuery()).jobs { try await clock.expired(store, claim.id) }
            var sizes: [Int] = []
            for _ in 0..<4 { sizes.append(try await store.prune(limit: 2)) }
            #expect(sizes == [2, 2, 1, 0])
        },
        StoreCase("an empty store has nothing to prune") { store, _ async throws in
            #expect(try await store.prune(limit: 10) == 0)
        },
        StoreCase("an id may be used again once its record was pruned") { store, clock in
            let job = NewJob(type: "t", queue: "q", payload: [1], resultTTL: .zero)
            for _ in 0..<2 {
                #expect(try await store.enqueue([job]) == [.accepted(job.id)])
                try await store.attempt(.done)
                try await clock.expired(store, job.id)
                #expect(try await store.prune(limit: 10) == 1)
            }
            #expect(try await store.enqueue([job]) == [.accepted(job.id)])
            let record = try await store.record(job.id)
            #expect(record == JobRecord(job, state: .queued, insertedAt: record.insertedAt, runAt: nil))
            #expect(try await store.list(JobQuery()).jobs == [record])
            #expect(try await store.counts().total == 1)
        },
        StoreCase("hundreds of expired records are pruned and nothing of them is left") { store, clock in
            let ids = try await store.enqueue(count: 700, ttl: .zero)
            var claims = try await store.claims(500)
            while !claims.isEmpty {
                for claim in claims { _ = try await store.settle(claim.ticket, .done) }
                claims = try await store.claims(500)
            }
            for id in ids { try await clock.expired(store, id) }
            var pruned = 0
            try await eventually("all are pruned") {
                pruned += try await store.prune(limit: 500)
                return pruned == 700
            }
            #expect(try await store.counts().total == 0)
            #expect(try await store.list(JobQuery()).jobs.isEmpty)
        },
    ]
}
