import RoostJobs
import RoostRedis
import RoostStores
import RoostTestKit
import Testing

/// What the features leave in Redis, and how they keep within bounds.
@Suite(.serialized) struct RedisStreamStoreFeatureTests {
    @Test("a job without rare properties is written as the previous release reads it, where that may run beside")
    func plainFormat() async throws {
        try await RedisCase.run(layout: 2) { redis in
            let id = try await redis.store.enqueue1(payload: Array("{}".utf8), key: "k")
            let blob = try await redis.redis("GET $j:\(id)").text ?? ""
            let words = blob.split(separator: " ").map(String.init)
            #expect(words.count == 9 && words[0] == "1" && words[8] == "=k\n{}")
            _ = try await redis.store.claim1()
            let state = try await redis.redis("GET $s:\(id)").text ?? ""
            #expect(state.hasPrefix("1 r 1 0 ") && state.split(separator: " ").count == 11)
        }
    }

    @Test("a job with everything is read as it was written, and its header stays within what scripts read")
    func fullFormat() async throws {
        try await RedisCase.run { redis in
            let name = String(repeating: "n", count: 100)
            var job = NewJob(type: name, queue: name, payload: [1], uniqueKey: String(repeating: "k", count: 200))
            job.timeout = JobLimits.longest
            job.resultTTL = JobLimits.longest
            job.tenant = name
            job.tags = (0..<8).map { String(repeating: "\($0)", count: 40) }
            job.trace = String(repeating: "t", count: 64)
            job.retry = RetryPolicy(.list(Array(repeating: JobLimits.longest, count: 20)), jitter: 1)
            job.startBy = .after(JobLimits.longest)
            job.deadline = .at(Timestamp(microseconds: .max))
            job.parentRule = .ended
            job.parents = [try await redis.store.enqueue1(start: .after(.seconds(600)))]
            let batch = NewBatch()
            try await redis.store.openBatch(batch)
            job.batch = batch.id
            #expect(try await redis.store.enqueue([job]) == [.accepted(job.id)])
            let record = try await redis.store.record(job.id)
            var expected = JobRecord(job, state: .scheduled, insertedAt: record.insertedAt, runAt: nil)
            expected.startBy = record.insertedAt.advanced(by: JobLimits.longest)
            #expect(record == expected)
            let blob = try #require(try await redis.redis("GET $j:\(job.id)").bytes)
            #expect(try #require(blob.firstIndex(of: 0x0A)) < 1535)
            // A script reads all of it: the tenant's lane is found when the parent is gone.
            #expect(try await redis.store.delete(job.parents[0]) == .deleted)
            #expect(try await redis.store.promoteDue(limit: 10, wait: .seconds(10)) == 1)
            #expect(try await redis.store.claims(1, queues: [name]).map(\.job.id) == [job.id])
        }
    }

    @Test("of jobs that used everything, ended and were pruned, no key is left")
    func nothingLeft() async throws {
        try await RedisCase.run { redis in
            let store = redis.store
            let batch = NewBatch()
            try await store.openBatch(batch)
            let parent = try await store.enqueue1(ttl: .zero) { job in
                job.batch = batch.id
                job.tenant = "t1"
                job.deadline = .after(.seconds(600))
                job.unique = UniqueRule(key: "u")
            }
            _ = try await store.enqueue1(ttl: .zero) { $0.parents = [parent] }
            _ = try await store.closeBatch(batch.id)
            for _ in 0..<2 {
                try await store.attempt(.retry(after: .zero, error: "once"))
                let claim = try await store.claim1()
                _ = try await store.note(claim.ticket, progress: [1], log: ["line"])
                _ = try await store.cancel(claim.job.id, reason: "late")
                #expect(try await store.settle(claim.ticket, .done) == .settled)
                _ = try await store.promoteDue(limit: 10, wait: .zero)
            }
            let called = try await store.enqueue1(start: .after(.seconds(600)), ttl: .zero) { $0.tenant = "t2" }
            #expect(try await store.cancel(called, reason: "no") == .cancelled)
            let keeps = try await store.batch(batch.id)
            #expect(keeps?.done == 1 && keeps?.finishedAt != nil)
            while try await store.prune(limit: 500, retention: Retention()) > 0 {}
            let left = Set((try await redis.redis("KEYS *").elements ?? []).compactMap(\.text))
            let meant = [
                "counts", "totals", "streams", "fence", "b:\(batch.id)", "bm:\(batch.id)", "batchexpiry", "layout",
            ]
            let lanes = ["q:q|5|t", "q:q|5|t|t1"]
            #expect(left.subtracting((meant + lanes).map { "{roost}:\($0)" }) == [])
        }
    }

    @Test("behind thousands of cancelled jobs a claim finds the one that waits, at once")
    func ghosts() async throws {
        try await RedisCase.run { redis in
            let ids = try await redis.store.enqueue(count: 3000)
            let last = try await redis.store.enqueue1()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for id in ids { group.addTask { _ = try await redis.store.cancel(id, reason: "no") } }
                try await group.waitForAll()
            }
            #expect(try await redis.store.claims(1).map(\.job.id) == [last])
            #expect(try await redis.count("XLEN $q:q|5|t") == 1)
        }
    }

    @Test("behind thousands of tenants at their limit a claim finds those that are not")
    func tenants() async throws {
        try await RedisCase.run { redis in
            let store = redis.store
            _ = try await store.setQueue("q", .with { $0.tenantConcurrency = 1 })
            let jobs = (0..<2500).flatMap { number in
                (0..<2).map { _ in
                    var job = NewJob(type: "t", queue: "q", payload: [])
                    job.tenant = "t\(number)"
                    return job
                }
            }
            _ = try await store.enqueue(jobs)
            var tenants: Set<String> = []
            for _ in 0..<5 { tenants.formUnion(try await store.claims(500).compactMap(\.job.tenant)) }
            #expect(tenants.count == 2500)
            let free = try await store.enqueue(tenant: "free", count: 1)
            let request = ClaimRequest(queues: ["q"], limit: 1, worker: "w", lease: .seconds(600), wait: .seconds(10))
            #expect(try await store.claim(request).map(\.job.id) == free)
        }
    }

    @Test("on a full server jobs are still called off, promoted, taken back and deleted")
    func fullServer() async throws {
        try await RedisCase.run { redis in
            let store = redis.store
            let ids = try await store.enqueue(count: 3)
            let claim = try await store.claims(1, lease: .milliseconds(1))
            let parent = try await store.enqueue1(start: .after(.milliseconds(50)))
            try await redis.redis("CONFIG SET maxmemory 1")
            #expect(try await store.cancel(ids[1], reason: "no") == .cancelled)
            #expect(try await store.delete(ids[2]) == .deleted)
            #expect(try await store.cancel(claim[0].job.id, reason: "no") == .requested(worker: "w"))
            #expect(try await store.promoteDue(limit: 1, wait: .seconds(10)) == 1)
            #expect(try await store.reclaim(worker: "w", limit: 10, maxCrashes: 3).cancelled == [ids[0]])
            #expect(try await store.claim1().job.id == parent)
            #expect(try await store.prune(limit: 10, retention: Retention(cancelled: 0)) == 2)
        }
    }

    @Test("a job put twice into its lane is handed out once")
    func twice() async throws {
        try await RedisCase.run { redis in
            let id = try await redis.store.enqueue1()
            #expect(try await redis.store.cancel(id, reason: "no") == .cancelled)
            #expect(try await redis.store.replay(id) == .queued)
            #expect(try await redis.count("XLEN $q:q|5|t") == 2)
            let other = try await redis.store.enqueue1(type: "other")
            #expect(Set(try await redis.store.claims(10).map(\.job.id)) == [id, other])
            #expect(try await redis.store.counts()[.running] == 2)
        }
    }

    @Test("a dead worker's claims are found among thousands")
    func deadWorker() async throws {
        try await RedisCase.run { redis in
            _ = try await redis.store.enqueue(count: 2600)
            var dead: Set<JobID> = []
            for number in 0..<26 {
                let worker = number % 5 == 0 ? "dead" : "alive"
                let claims = try await redis.store.claims(100, worker: worker)
                if worker == "dead" { dead.formUnion(claims.map(\.job.id)) }
            }
            var back: Set<JobID> = []
            while true {
                let some = try await redis.store.reclaim(worker: "dead", limit: 250, maxCrashes: 3)
                if some.isEmpty { break }
                #expect(some.count <= 250)
                back.formUnion(some.requeued)
            }
            #expect(back == dead && dead.count == 600)
            #expect(try await redis.store.counts()[.running] == 2000)
        }
    }

    @Test("a batch that is closed while it is filled refuses the whole call, and others in the same script go on")
    func closedBatch() async throws {
        try await RedisCase.run { redis in
            let store = redis.store
            let closed = NewBatch()
            try await store.openBatch(closed)
            _ = try await store.closeBatch(closed.id)
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<50 {
                    group.addTask {
                        if number % 2 == 0 {
                            await #expect(throws: StoreError.self) {
                                try await store.enqueue(batch: closed.id, count: 3)
                            }
                        } else {
                            _ = try? await store.enqueue(count: 3)
                        }
                    }
                }
            }
            #expect(try await store.counts()[.queued] == 75)
            #expect(try await store.batch(closed.id)?.total == 0)
        }
    }
}
