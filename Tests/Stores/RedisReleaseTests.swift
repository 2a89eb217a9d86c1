import RoostJobs
import RoostRedis
import RoostStores
import RoostTestKit
import Testing

@Suite("A store of an earlier release")
struct RedisReleaseTests {
    /// - Parameter comesFirst: the earlier release accepts the first job, which makes the namespace one of split records.
    ///   Elsewhere this one may be first, and must not begin one that the earlier release does not know.
    private func withBoth(
        _ release: Int, comesFirst: Bool = false,
        _ body: (RedisCase, RedisStreamStore, ReleasedScripts) async throws -> Void
    ) async throws {
        try await RedisCase.run(layout: comesFirst ? nil : 2) { redis in
            try await body(redis, redis.store, ReleasedScripts(release: release, client: redis.client))
        }
    }

    @Test("is read, run, settled and pruned by this one", arguments: [1, 2])
    func readAndWritten(release: Int) async throws {
        try await withBoth(release, comesFirst: true) { redis, store, old in
            let ids = (0..<4).map { _ in JobIDGenerator.shared.next() }
            try await old.enqueue(ids[0])
            try await old.enqueue(ids[1], key: "=k")
            try await old.enqueue(ids[2], when: "+1000")
            try await old.enqueue(ids[3])
            #expect(try await store.record(ids[0]).payload == Array("{\"from\":\(release)}".utf8))
            #expect(try await store.job(uniqueKey: "k")?.id == ids[1])
            try await StoreClock().promoted(store)
            let claims = try await store.claims(10)
            #expect(Set(claims.map(\.job.id)) == Set(ids))
            for claim in claims.dropLast() { _ = try await store.settle(claim.ticket, .done) }
            _ = try await store.settle(try #require(claims.last).ticket, .failed(error: "x"))
            #expect(try await store.counts()[.done] == 3)
            #expect(try await redis.count("EXISTS $layout") == 0)
            #expect(try await redis.redis("KEYS $s:*").elements?.count == 4)
            while try await store.prune(limit: 500, retention: Retention(done: 0, failed: 0, cancelled: 0)) > 0 {}
            #expect(try await redis.redis("KEYS $[jsre]:*").elements == [])
            #expect(try await store.check(repair: false).findings == [])
        }
    }

    @Test("runs beside this one: what either accepts, the other may run", arguments: [1, 2])
    func sideBySide(release: Int) async throws {
        try await withBoth(release, comesFirst: true) { redis, store, old in
            var done = 0
            for round in 0..<20 {
                let id = JobIDGenerator.shared.next()
                if round % 2 == 0 {
                    try await old.enqueue(id)
                } else {
                    _ = try await store.enqueue([NewJob(id: id, type: "t", queue: "q", payload: [])])
                }
                if round % 4 < 2 {
                    let claim = try #require(try await old.claim("old#1").first)
                    #expect(try await old.done([claim]) == [true])
                    #expect(try await store.record(claim.id).state == .done)
                } else {
                    try await store.attempt(.done)
                }
                done += 1
                #expect(try await store.counts()[.done] == done)
            }
            #expect(try await redis.count("EXISTS $layout") == 0)
            #expect(try await store.check(repair: false).findings == [])
        }
    }

    @Test("and its claims are fenced and rescued alike", arguments: [1, 2])
    func fenced(release: Int) async throws {
        try await withBoth(release, comesFirst: true) { _, store, old in
            let id = JobIDGenerator.shared.next()
            try await old.enqueue(id)
            let lost = try #require(try await old.claim("old#1", lease: .zero).first)
            #expect(try await StoreClock().reclaimed(store).requeued == [id])
            #expect(try await !old.extend(lost))
            let mine = try await store.claim1()
            #expect(try await old.settle(lost, "d") == false)
            #expect(try await store.settle(mine.ticket, .done) == .settled)
            #expect(try await store.notes(id)?.failures.map(\.worker) == ["old#1"])
        }
    }

    @Test("its duties do for this one's jobs what they do for its own", arguments: [1, 2])
    func duties(release: Int) async throws {
        try await withBoth(release) { redis, store, old in
            let due = try await store.enqueue1(type: "due", start: .after(.milliseconds(1)))
            try await eventually("the earlier release promotes it") {
                try await old.promote()
                return try await store.record(due).state == .queued
            }
            let lost = try await store.claim1(lease: .milliseconds(1))
            try await eventually("it takes the claim back") { try await old.reclaim() == [due.description, "q"] }
            #expect(try await store.settle(lost.ticket, .done) == .leaseLost)
            let again = try #require(try await old.claim("old#1").first)
            #expect(again.id == due)
            #expect(try await old.extend(again))
            #expect(try await old.settle(again, "b"))
            let mine = try await store.claim1()
            try await redis.redis("ZADD $leases 1 \(due)")
            #expect(try await store.lost([mine.ticket], lease: .seconds(600)).isEmpty)
            #expect(try await old.reclaim() == [])
            #expect(try await store.settle(mine.ticket, .done) == .settled)
            // Done by the earlier release; this one's done jobs are in groups, which only this one's pruner knows.
            let short = JobIDGenerator.shared.next()
            try await old.enqueue(short, ttl: .seconds(1))
            let claim = try #require(try await old.claim("old#1").first)
            #expect(try await old.settle(claim, "d", span: 1))
            try await eventually("it is pruned") { try await old.prune() == 1 }
            #expect(try await store.list(JobQuery()).jobs.map(\.id) == [due])
            #expect(try await store.check(repair: false) == StoreReport(jobs: 1))
        }
    }

    @Test("dies of a job that was lost too often in either", arguments: [1, 2])
    func poison(release: Int) async throws {
        try await withBoth(release) { _, store, old in
            let id = try await store.enqueue1()
            _ = try await store.claim1(lease: .milliseconds(1))
            try await eventually("it takes the claim back") {
                try await old.reclaim(maxCrashes: 2) == [id.description, "q"]
            }
            _ = try await old.claim("old#1", lease: .zero)
            try await eventually("it is dead") { try await old.reclaim(maxCrashes: 2) == [id.description, "f"] }
            #expect(try await store.record(id).state == .failed)
            #expect(try await store.replay(id) == .queued)
            try await store.attempt(.done)
            #expect(try await store.check(repair: false).findings == [])
        }
    }

    @Test("left in the middle of work is fine, is read whole and drained by this one")
    func drained() async throws {
        try await withBoth(2, comesFirst: true) { _, store, old in
            try await old.restore()
            #expect(try await store.check(repair: false) == StoreReport(jobs: 38))
            let counts = try await store.counts()
            #expect(counts[.queued] == 13 && counts[.scheduled] == 6 && counts[.running] == 3)
            #expect(counts[.done] == 14 && counts[.failed] == 1 && counts[.cancelled] == 1)
            let jobs = try await store.all()
            #expect(jobs.count == 38)
            func job(_ type: String) throws -> JobRecord { try #require(jobs.first { $0.type == type }) }
            #expect(try job("failed").error == "no" && job("snoozed").state == .scheduled)
            let tenanted = jobs.filter { $0.tenant != nil && $0.type == "tenanted" }
            #expect(tenanted.count == 6 && tenanted.allSatisfy { $0.tags == ["vip"] && $0.terms == ["user": "a b"] })
            #expect(try await store.list(JobQuery(tag: "vip", terms: ["user": "a b"])).jobs.count == 6)
            #expect(try await store.list(JobQuery(state: .done)).jobs.count == 14)
            #expect(try await store.notes(try job("failed").id)?.failures.count == 1)
            #expect(try await store.parents(of: try job("child").id).count == 2)
            let repeated = NewJob(type: "idempotent", queue: "q", payload: [])
            var same = repeated
            same.idempotency = IdempotencyKey(key: "key", digest: "digest")
            #expect(try await store.enqueue([same]) == [.repeated(try job("idempotent").id)])
            #expect(try await store.document("d", in: "things")?.body == Array("{\"a\":1}".utf8))
            #expect(try await store.entries(of: "audit", before: nil, limit: 9).count == 1)
            #expect(try await store.crons().map(\.entry.name) == ["c"])
            #expect(try await store.workers().map(\.worker) == ["old#1"])
            // What ran in it is lost, as its processes are.
            for worker in ["old#1", "old#2"] { _ = try await store.reclaim(worker: worker, limit: 10, maxCrashes: 3) }
            #expect(try await store.counts()[.running] == 0)
            try await eventually("all that may run has run") {
                let moved = try await store.promoteDue(limit: 100, wait: .zero)
                let claims = try await store.claims(100)
                for claim in claims { _ = try await store.settle(claim.ticket, .done) }
                return moved == 0 && claims.isEmpty
            }
            // Three wait for their time; the one a wish was for was cancelled when it was taken back.
            let left = try await store.counts()
            #expect(left[.scheduled] == 3 && left[.cancelled] == 2, "\(left)")
            #expect(try await store.record(try job("child").id).state == .done)
            #expect(try await store.record(try job("complete").id).state == .done)
            #expect(try await store.record(try job("success").id).state == .done)
            #expect(try await store.check(repair: false).findings == [])
            while try await store.prune(limit: 500, retention: Retention(done: 0, failed: 0, cancelled: 0)) > 0 {}
            #expect(try await store.check(repair: false) == StoreReport(jobs: 3))
        }
    }

    @Test("takes this one's groups of done jobs for ids when there are too many; a check puts them back")
    func lostGroups() async throws {
        try await withBoth(2) { redis, store, old in
            let ids = try await store.enqueue(count: 40)
            _ = try await store.settle(try await store.claims(40).map { AttemptEnd($0.ticket, .done) })
            func listed() async throws -> Set<JobID> {
                Set(try await store.list(JobQuery(state: .done, limit: 100)).jobs.map(\.id))
            }
            // Of one that the earlier release deletes, the place stays, and nothing is shown there.
            #expect(try await old.call("delete", [ids[0].description]).int == 1)
            let kept = Set(ids.dropFirst())
            #expect(try await listed() == kept)
            #expect(try await store.check(repair: true).findings.map(\.kind) == ["dangling-index"])
            // While there are fewer places than jobs it keeps, it leaves them alone.
            let groups = try #require(try await redis.count("ZCARD $ix:d"))
            #expect(try await old.prune(keeping: Int(groups)) == 0)
            #expect(try await listed() == kept)
            #expect(try await old.prune(keeping: 0) == 0)
            // Off the list, and otherwise as they were.
            #expect(try await listed().isEmpty)
            #expect(try await store.record(ids[1]).state == .done)
            #expect(try await store.check(repair: true).findings.map(\.kind).contains("missing-index"))
            #expect(try await listed() == kept)
            #expect(try await store.check(repair: false) == StoreReport(jobs: 39))
            // By now each has a place of its own, which the earlier pruner knows.
            #expect(try await old.prune(keeping: 10) == 29)
            #expect(try await store.check(repair: false) == StoreReport(jobs: 10))
        }
    }

    @Test("and this one, in any order at every duty, end every job once", arguments: [1, 2], [1, 2, 3, 4] as [UInt64])
    func interleaved(release: Int, seed: UInt64) async throws {
        try await withBoth(release) { redis, store, old in
            if seed % 2 == 0 && release > 1 { try await redis.redis("SET $feed 1") }
            var walk = RedisReleaseWalk(store: store, old: old, seed: seed)
            for _ in 0..<400 { try await walk.step() }
            try await walk.drain()
            let counts = try await store.counts()
            #expect(counts[.done] + counts[.failed] + counts[.cancelled] == walk.accepted.count - walk.pruned)
            #expect(counts[.queued] == 0 && counts[.running] == 0 && counts[.scheduled] == 0)
            #expect(counts.totals.enqueued == walk.accepted.count)
            // Each was recorded once, by whoever it was.
            #expect(Set(walk.ends.values) == [1])
            #expect(Set(walk.ends.keys).isDisjoint(with: walk.cancelled))
            #expect(Set(walk.ends.keys).union(walk.cancelled) == walk.accepted)
            #expect(counts.totals.done + counts.totals.failed == walk.ends.count)
            let ends = (try await redis.redis("XRANGE $ends - +").elements ?? []).compactMap {
                $0.elements?[1].elements?[1].text
            }
            if release > 1 && seed % 2 == 0 {
                #expect(ends.count == walk.accepted.count && Set(ends).count == ends.count)
            }
            #expect(try await store.check(repair: false).findings == [])
        }
    }
}
