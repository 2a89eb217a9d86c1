import RoostJobs
import RoostRedis
import RoostStores
import RoostTestKit
import Testing

/// One thing that does not fit, planted with raw commands in a store that is fine.
struct RedisPlant: Sendable, CustomTestStringConvertible {
    let name: String
    /// What is found, each as often as it says.
    let kinds: [String: Int]
    /// Plants it; returns the jobs it is about.
    let body: @Sendable (RedisCase) async throws -> [JobID]
    /// Shows what holds after the repair.
    let after: @Sendable (RedisCase, [JobID]) async throws -> Void

    init(
        _ name: String, _ kinds: [String: Int], _ body: @escaping @Sendable (RedisCase) async throws -> [JobID],
        after: @escaping @Sendable (RedisCase, [JobID]) async throws -> Void = { _, _ in }
    ) {
        self.name = name
        self.kinds = kinds
        self.body = body
        self.after = after
    }

    var testDescription: String { name }

    static var all: [RedisPlant] { counts + lanes + states + keys + ends }

    /// Of a job that never was.
    private static let gone = "01HXYZ00000000000000000000"

    private static let counts: [RedisPlant] = [
        RedisPlant("a counter that is too high", ["count-drift": 1]) { place in
            try await place.redis("HINCRBY $counts q~q 3")
            return []
        },
        RedisPlant("counters of queues that have no jobs, and one below nothing", ["count-drift": 2]) { place in
            try await place.redis("HINCRBY $counts gone~q 3")
            try await place.redis("HINCRBY $counts q~d -9")
            return []
        } after: { place, _ async throws in
            #expect(try await place.store.counts().queues["gone"] == nil)
        },
        RedisPlant("a tenant's running jobs miscounted", ["count-drift": 1]) { place in
            try await place.redis("HINCRBY $live q|acme 5")
            return []
        } after: { place, _ async throws in
            #expect(try await place.count("HGET $live q|acme") == 1)
        },
    ]

    private static let lanes: [RedisPlant] = [
        RedisPlant("a queued job whose entry is gone", ["missing-entry": 1]) { place in
            let job = try await place.store.enqueue1(type: "lost")
            try await place.redis("DEL $q:q|5|lost")
            return [job]
        } after: { place, jobs async throws in
            #expect(try await place.store.claims(9, types: ["lost"]).map(\.job.id) == jobs)
        },
        RedisPlant("an entry that was delivered to nobody", ["missing-entry": 1, "dangling-entry": 1]) { place in
            let job = try await place.store.enqueue1(type: "lost")
            try await place.redis("XGROUP CREATE $q:q|5|lost roost 0")
            try await place.redis("SADD $streams q|5|lost")
            try await place.redis("XREADGROUP GROUP roost nobody COUNT 1 STREAMS $q:q|5|lost >")
            return [job]
        } after: { place, jobs async throws in
            #expect(try await place.store.claims(9, types: ["lost"]).map(\.job.id) == jobs)
            #expect(try await place.redis("XPENDING $q:q|5|lost roost").elements?.first?.int == 1)
        },
        RedisPlant("lanes nobody knows of", ["missing-lane": 2]) { place in
            let job = try await place.store.enqueue1(type: "lost")
            var other = NewJob(type: "lost", queue: "q", payload: [])
            other.tenant = "acme"
            _ = try await place.store.enqueue([other])
            try await place.redis("ZREM $lanes:q 5:lost 5:lost|")
            try await place.redis("DEL $turns:q|5|lost")
            return [job, other.id]
        } after: { place, jobs async throws in
            #expect(Set(try await place.store.claims(9, types: ["lost"]).map(\.job.id)) == Set(jobs))
        },
    ]

    private static let states: [RedisPlant] = [
        RedisPlant("a running job without a lease", ["missing-lease": 1]) { place in
            let job = try await place.store.enqueue1(type: "lost")
            _ = try await place.store.claims(1, types: ["lost"])
            try await place.redis("ZREM $leases \(job)")
            return [job]
        } after: { place, jobs async throws in
            #expect(try await place.store.reclaim(limit: 9, maxCrashes: 3).requeued == jobs)
        },
        RedisPlant("a scheduled job that is in no schedule", ["missing-schedule": 1]) { place in
            let job = try await place.store.enqueue1(type: "lost", start: .after(.milliseconds(1)))
            try await place.redis("ZREM $scheduled \(job)")
            return [job]
        } after: { place, jobs async throws in
            #expect(try await place.store.promoteDue(limit: 9, wait: .seconds(10)) == 1)
            #expect(try await place.store.claims(9, types: ["lost"]).map(\.job.id) == jobs)
        },
        RedisPlant("an ended job kept for ever and not listed", ["missing-expiry": 1, "missing-index": 1]) { place in
            let jobs = try await place.store.list(JobQuery(state: .done)).jobs.map(\.id)
            try await place.redis("ZREM $expiry \(try #require(jobs.first))")
            try await place.redis("ZREM $ix:d \(try #require(jobs.first))")
            return jobs
        } after: { place, jobs async throws in
            #expect(try await place.store.list(JobQuery(state: .done)).jobs.map(\.id) == jobs)
            #expect(try await place.redis("ZSCORE $expiry \(jobs[0])").text != nil)
        },
        RedisPlant("a job that is in no list", ["missing-index": 1]) { place in
            let job = try await place.store.enqueue1(type: "lost")
            try await place.redis("ZREM $all \(job)")
            return [job]
        } after: { place, jobs async throws in
            #expect(try await place.store.list(JobQuery(type: "lost")).jobs.map(\.id) == jobs)
        },
    ]

    private static let keys: [RedisPlant] = [
        RedisPlant("a job the search index does not have", ["missing-index": 2]) { place in
            var job = NewJob(type: "lost", queue: "q", payload: [])
            job.tags = ["vip"]
            job.terms = ["user": "a b"]
            _ = try await place.store.enqueue([job])
            try await place.redis("DEL $t:vip $t:user=a%20b")
            return [job.id]
        } after: { place, jobs async throws in
            #expect(try await place.store.list(JobQuery(tag: "vip", terms: ["user": "a b"])).jobs.map(\.id) == jobs)
        },
        RedisPlant("words of jobs that are gone, or have others", ["dangling-index": 22]) { place in
            let queued = try #require(try await place.store.list(JobQuery(type: "queued")).jobs.first?.id)
            try await place.redis("ZADD $t:few 0 \(gone) 0 \(queued)")
            for _ in 0..<20 { try await place.redis("ZADD $t:many 0 \(JobIDGenerator.shared.next())") }
            return []
        } after: { place, _ async throws in
            #expect(try await place.redis("EXISTS $t:few $t:many").int == 0)
        },
        RedisPlant("keys of no job", ["orphan-state": 1, "orphan-result": 2, "orphan-note": 4]) { place in
            for kind in ["s", "r", "e", "p", "l", "parents"] { try await place.redis("SET $\(kind):\(gone) x") }
            try await place.redis("RPUSH $h:\(gone) x")
            return []
        } after: { place, _ async throws in
            #expect(try await place.redis("KEYS $*:\(gone)").elements?.isEmpty ?? false)
        },
        RedisPlant("index entries of jobs that are gone or elsewhere", ["dangling-index": 12]) { place in
            for index in ["all", "scheduled", "leases", "expiry", "overdue", "ix:d", "ix:f", "ix:c"] {
                try await place.redis("ZADD $\(index) 0 \(gone)")
            }
            let queued = try #require(try await place.store.list(JobQuery(type: "queued")).jobs.first?.id)
            try await place.redis("ZADD $leases 99999999999999999 \(queued)")
            try await place.redis("HSET $cancels \(queued) why")
            try await place.redis("HSET $waits \(gone) 1")
            try await place.redis("ZADD $slots 5 nobody")
            return [queued]
        } after: { place, jobs async throws in
            #expect(try await place.count("HEXISTS $cancels \(jobs[0])") == 0)
            #expect(try await place.store.claims(9, types: ["queued"]).map(\.job.id) == jobs)
        },
        RedisPlant("unique keys nobody holds", ["dangling-key": 2]) { place in
            let queued = try #require(try await place.store.list(JobQuery(type: "queued")).jobs.first?.id)
            try await place.redis("SET $k:x \(gone)")
            try await place.redis("SET $k:y \(queued)")
            return []
        } after: { place, _ async throws in
            #expect(try await place.count("EXISTS $k:x $k:y $k:u-queued") == 1)
        },
        RedisPlant("a meter that would count for ever", ["missing-expiry": 1]) { place in
            _ = try await place.store.spend(2, of: "m", limit: 5, period: .seconds(86_400))
            try await place.redis("PERSIST $meter:86400000000:m")
            return []
        } after: { place, _ async throws in
            #expect(try await place.count("PTTL $meter:86400000000:m") ?? 0 > 0)
            #expect(try await place.store.spend(0, of: "m", limit: 5, period: .seconds(86_400)).remaining == 3)
        },
    ]

    private static let ends: [RedisPlant] = [
        RedisPlant("a child that was never told", ["untold-end": 1]) { place in
            let child = try #require(try await place.store.list(JobQuery(type: "child")).jobs.first)
            let parent = try #require(try await place.store.parents(of: child.id).first)
            _ = try await place.store.cancel(parent.id, reason: "x")
            try await place.redis("DEL $ended")
            for key in try await place.redis("KEYS $told:*").elements ?? [] {
                try await place.redis("DEL \(key.text ?? "")")
            }
            return [child.id]
        } after: { place, jobs async throws in
            #expect(try await place.store.promoteDue(limit: 9, wait: .seconds(10)) == 1)
            #expect(try await place.store.job(jobs[0])?.state == .cancelled)
        },
        RedisPlant("a batch and children that were never told", ["untold-end": 3]) { place in
            let batch = NewBatch()
            try await place.store.openBatch(batch)
            var member = NewJob(type: "member", queue: "q", payload: [])
            member.batch = batch.id
            _ = try await place.store.enqueue([member])
            let claim = try #require(try await place.store.claims(1, types: ["member"]).first)
            _ = try await place.store.settle(claim.ticket, .done)
            try await place.redis("DEL $ended")
            try await place.redis("HSET $watched \(member.id) \(batch.id)~0")
            let child = try #require(try await place.store.list(JobQuery(type: "child")).jobs.first)
            try await place.redis("SADD $kids:\(gone) \(child.id)")
            try await place.redis("SADD $told:\(gone):5 \(child.id)")
            return [batch.id, child.id]
        } after: { place, ids async throws in
            _ = try await place.store.promoteDue(limit: 9, wait: .zero)
            #expect(try await place.store.batch(ids[0])?.done == 1)
            // It waits for another.
            #expect(try await place.store.job(ids[1])?.state == .scheduled)
            #expect(try await place.redis("KEYS $told:*").elements?.isEmpty ?? false)
        },
    ]
}
