import RoostJobs
import RoostRedis
import RoostStores
import RoostTestKit
import Testing

/// Jobs of a later release among others: no duty touches them, none forgets them, none stops at them.
@Suite("Records of a later format")
struct RedisLaterFormatTests {
    private typealias Part = RedisLaterRecord.Part
    /// With states in keys of their own, and in the records.
    private static let layouts = [2, 3]

    /// One job of each kind.
    private static func plant(_ ids: ArraySlice<JobID>, in place: RedisCase) async throws -> [RedisLaterRecord] {
        var planted: [RedisLaterRecord] = []
        for (part, id) in zip(Part.allCases, ids) { planted.append(try await .plant(part, id, in: place)) }
        return planted
    }

    /// They are as they were, and nothing else does not fit; then a later process writes them in the format of this one.
    private static func rewrite(
        _ planted: [RedisLaterRecord], in place: RedisCase, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let found = try await place.store.check(repair: true).findings
        #expect(Set(found.map(\.kind)) == ["unreadable"], "\(found)", sourceLocation: sourceLocation)
        #expect(found.first?.count == planted.count, "\(found)", sourceLocation: sourceLocation)
        for later in planted {
            try await later.expectUntouched(sourceLocation: sourceLocation)
            try await later.rewrite()
        }
        let left = try await place.store.check(repair: false).findings
        #expect(left.isEmpty, "\(left)", sourceLocation: sourceLocation)
    }

    @Test("a claim hands out the others, and these as soon as they can be read", arguments: layouts)
    func claimed(layout: Int) async throws {
        try await RedisCase.run(layout: layout) { place in
            let ids = try await place.store.enqueue(count: 8).sorted()
            let planted = try await Self.plant(ids[2..<5], in: place)
            let good = Set(ids).subtracting(planted.map(\.id))
            let claims = try await place.store.claims(10)
            #expect(Set(claims.map(\.job.id)) == good)
            _ = try await place.store.settle(claims.map { AttemptEnd($0.ticket, .done) })
            #expect(try await place.store.claims(10).isEmpty)
            try await Self.rewrite(planted, in: place)
            #expect(Set(try await place.store.claims(10).map(\.job.id)) == Set(planted.map(\.id)))
        }
    }

    @Test("a claim gets past many of them, of a tenant and of none, and none of them keeps it busy")
    func claimedBehindMany() async throws {
        try await RedisCase.run { place in
            let ids = try await place.store.enqueue(count: 600)
            let theirs = try await place.store.enqueue(tenant: "acme", count: 600)
            for id in ids + theirs { _ = try await RedisLaterRecord.plant(.record, id, in: place) }
            let good = [try await place.store.enqueue1()] + (try await place.store.enqueue(tenant: "acme", count: 1))
            var found: Set<JobID> = []
            for _ in 0..<2 {
                let request = ClaimRequest(
                    queues: ["q"], limit: 1, worker: "w", lease: .seconds(600), wait: .seconds(30))
                found.formUnion(try await place.store.claim(request).map(\.job.id))
            }
            #expect(found == Set(good))
            #expect(try await place.store.claims(1).isEmpty)
            let counts = try await place.store.counts()
            #expect(counts[.queued] == 1200 && counts[.running] == 2)
        }
    }

    @Test("a reply with a record its reader refuses is a reply with the others", arguments: layouts)
    func refused(layout: Int) async throws {
        try await RedisCase.run(layout: layout) { place in
            let ids = try await place.store.enqueue(count: 3).sorted()
            let blob = try #require(try await place.redis("GET $j:\(ids[1])").text)
            let words = blob.split(separator: " ").map(String.init)
            // Attempts that no number of ours holds; scripts take it for a number.
            let odd = (words[..<4] + ["99999999999999999999"] + words[5...]).joined(separator: "~")
            try await place.redis("SET $j:\(ids[1]) \(odd)")
            let claims = try await place.store.claims(10, lease: .milliseconds(1))
            #expect(claims.map(\.job.id) == [ids[0], ids[2]])
            #expect(try await place.store.settle(claims.map { AttemptEnd($0.ticket, .done) }) == [.settled, .settled])
            // It is like one whose worker died.
            #expect(try await StoreClock().reclaimed(place.store).requeued == [ids[1]])
        }
    }

    @Test("claims of them are not taken back, and those behind them are", arguments: layouts)
    func reclaimed(layout: Int) async throws {
        try await RedisCase.run(layout: layout) { place in
            let ids = try await place.store.enqueue(count: 5)
            _ = try await place.store.claims(10, worker: "dead")
            let planted = try await Self.plant(ids[1..<4], in: place)
            for (place_, id) in ids.enumerated() { try await place.redis("ZADD $leases \(place_ + 1) \(id)") }
            // A sweep that came in time.
            try await place.redis("SET $sweep 9999999999999999~0")
            for id in [ids[0], ids[4]] {
                #expect(try await place.store.reclaim(limit: 1, maxCrashes: 3).requeued == [id])
            }
            #expect(try await place.store.reclaim(limit: 1, maxCrashes: 3).isEmpty)
            #expect(try await place.count("ZCARD $leases") == 3)
            // The worker of two of them is known.
            #expect(try await place.store.reclaim(worker: "dead", limit: 10, maxCrashes: 3).isEmpty)
            try await Self.rewrite(planted, in: place)
            #expect(try await place.store.reclaim(limit: 10, maxCrashes: 3).isEmpty)
            for later in planted { try await place.redis("ZADD $leases 1 \(later.id)") }
            #expect(Set(try await place.store.reclaim(limit: 10, maxCrashes: 3).requeued) == Set(planted.map(\.id)))
            #expect(try await place.store.claims(10).count == 5)
        }
    }

    @Test("claims of a dead worker are taken back but for these, and these when they can be read", arguments: layouts)
    func reclaimedOfWorker(layout: Int) async throws {
        try await RedisCase.run(layout: layout) { place in
            let ids = try await place.store.enqueue(count: 5)
            _ = try await place.store.claims(10, worker: "dead")
            let planted = try await Self.plant(ids[1..<4], in: place)
            let found = try await place.store.reclaim(worker: "dead", limit: 10, maxCrashes: 3).requeued
            #expect(Set(found) == [ids[0], ids[4]])
            try await Self.rewrite(planted, in: place)
            let rest = try await place.store.reclaim(worker: "dead", limit: 10, maxCrashes: 3).requeued
            #expect(Set(rest) == Set(planted.map(\.id)))
        }
    }

    @Test("what is due and cannot be read is due again later; what is behind it comes in time", arguments: layouts)
    func promoted(layout: Int) async throws {
        try await RedisCase.run(layout: layout) { place in
            let store = place.store
            let due = try await store.enqueue(
                (0..<5).map { _ in NewJob(type: "t", queue: "q", payload: [], start: .after(.seconds(600))) }
            ).compactMap(\.id)
            let late = try await store.enqueue(
                (0..<5).map { _ in
                    var job = NewJob(type: "late", queue: "q", payload: [])
                    job.deadline = .after(.seconds(600))
                    return job
                }
            ).compactMap(\.id)
            let planted = try await Self.plant(due[1..<4], in: place) + Self.plant(late[1..<4], in: place)
            for (n, id) in due.enumerated() { try await place.redis("ZADD $scheduled \(n + 1) \(id)") }
            for (n, id) in late.enumerated() { try await place.redis("ZADD $overdue \(n + 1) \(id)") }
            var moved = 0
            for _ in 0..<20 { moved += try await store.promoteDue(limit: 1, wait: .zero) }
            // The deadlines themselves are to come: those that can be read are put back where they belong.
            #expect(moved == 2)
            #expect(try await store.claims(10, types: ["t"]).count == 2)
            try await Self.rewrite(planted, in: place)
            for later in planted[..<3] { try await place.redis("ZADD $scheduled 1 \(later.id)") }
            for later in planted[3...] { try await place.redis("ZADD $overdue 1 \(later.id)") }
            while try await store.promoteDue(limit: 100, wait: .zero) > 0 {}
            #expect(try await store.claims(10, types: ["t"]).count == 3)
            #expect(try await store.claims(10, types: ["late"]).count == 5)
            #expect(try await store.check(repair: false).findings.isEmpty)
        }
    }

    @Test("children hear of an end when they can be read, and followers of a batch", arguments: layouts)
    func told(layout: Int) async throws {
        try await RedisCase.run(layout: layout) { place in
            let store = place.store
            let parent = try await store.enqueue1(type: "parent")
            let children = try await store.enqueue(
                (0..<5).map { _ in
                    var job = NewJob(type: "t", queue: "q", payload: [])
                    job.parents = [parent]
                    return job
                }
            ).compactMap(\.id)
            let batch = NewBatch(
                onComplete: NewJob(type: "t", queue: "q", payload: []),
                onSuccess: NewJob(type: "t", queue: "q", payload: []))
            try await store.openBatch(batch)
            let member = try await store.enqueue1(type: "parent") { $0.batch = batch.id }
            _ = try await store.closeBatch(batch.id)
            let follower = try #require(batch.onSuccess?.id)
            var planted = try await Self.plant(children[1..<4], in: place)
            planted.append(try await .plant(.state, follower, in: place))
            for claim in try await store.claims(2, types: ["parent"]) {
                _ = try await store.settle(claim.ticket, .done)
            }
            #expect(try await store.job(member)?.state == .done)
            var moved = 0
            for _ in 0..<20 { moved += try await store.promoteDue(limit: 2, wait: .zero) }
            #expect(moved == 2)
            #expect(try await store.batch(batch.id)?.done == 1)
            try await Self.rewrite(planted, in: place)
            for member in try await place.redis("ZRANGE $untold 0 -1").elements ?? [] {
                try await place.redis("ZADD $untold 1 \((member.text ?? "").replacing(" ", with: "~"))")
            }
            // All at once, and again one by one: nobody hears twice.
            while try await store.promoteDue(limit: 3, wait: .zero) > 0 {}
            #expect(try await store.claims(10).count == 7)
            #expect(try await store.batch(batch.id)?.finishedAt != nil)
            #expect(try await place.count("EXISTS $untold $ended $waits") == 0)
            #expect(try await place.redis("KEYS $told:*").elements?.isEmpty ?? false)
            #expect(try await store.check(repair: false).findings.isEmpty)
        }
    }

    @Test("what is over or too many goes, but for them", arguments: [false, true], layouts)
    func pruned(areTooMany: Bool, layout: Int) async throws {
        try await RedisCase.run(layout: layout) { place in
            let store = place.store
            let ids = try await store.enqueue(count: 30, ttl: areTooMany ? .seconds(600) : .milliseconds(1)).sorted()
            let claims = try await store.claims(30)
            for (n, claim) in claims.enumerated() where n % 3 != 0 {
                _ = try await store.settle(claim.ticket, n % 3 == 1 ? .cancelled(reason: "x") : .failed(error: "x"))
            }
            let done = claims.enumerated().filter { $0.offset % 3 == 0 }.map(\.element)
            _ = try await store.settle(done.map { AttemptEnd($0.ticket, .done) })
            let planted =
                try await Self.plant(ids[0..<3], in: place) + Self.plant(ids[9..<12], in: place)
                + Self.plant(ids[21..<24], in: place)
            let kept = areTooMany ? Retention(done: 3, failed: 3, cancelled: 3) : Retention()
            if !areTooMany {
                // Dead letters are kept for long, also those of this test.
                for id in ids where try await place.redis("ZSCORE $expiry \(id)").text != nil {
                    try await place.redis("ZADD $expiry 1 \(id)")
                }
                for group in try await place.redis("ZRANGE $expiry-groups 0 -1").elements ?? [] {
                    try await place.redis("ZADD $expiry-groups 1 \(group.text ?? "")")
                }
            }
            var gone = 0
            for _ in 0..<30 { gone += try await store.prune(limit: 2, retention: kept) }
            #expect(gone == 21)
            #expect(try await place.count("ZCARD $all") == 9)
            if !areTooMany { #expect(try await place.count("ZCARD $expiry") == 9) }
            try await Self.rewrite(planted, in: place)
            let left = try await store.list(JobQuery(limit: 100)).jobs
            #expect(areTooMany ? left.count == 9 : left.count <= 9)
            let none = Retention(done: 0, failed: 0, cancelled: 0)
            for _ in 0..<5 { gone += try await store.prune(limit: 50, retention: none) }
            #expect(gone == 30)
            #expect(try await place.redis("EXISTS $all $ix:d $ix:f $ix:c $expiry $expiry-groups").int == 0)
            #expect(try await store.check(repair: false) == StoreReport())
        }
    }

    @Test(
        "nobody cancels, replays, deletes, replaces or overwrites one, and lists show the others",
        arguments: [0, 1, 2],
        layouts)
    func controlled(_ kind: Int, layout: Int) async throws {
        try await RedisCase.run(layout: layout) { place in
            let store = place.store
            let id = try await store.enqueue1(key: "k")
            let good = try await store.enqueue1()
            let later = try await RedisLaterRecord.plant(Part.allCases[kind], id, in: place)
            let clock = StoreClock()
            await clock.expect(.corrupt) { _ = try await store.job(id) }
            await clock.expect(.corrupt) { _ = try await store.cancel(id, reason: "no") }
            await clock.expect(.corrupt) { _ = try await store.replay(id) }
            await clock.expect(.corrupt) { _ = try await store.delete(id) }
            let again = NewJob(id: id, type: "other", queue: "q", payload: [1])
            #expect(try await store.enqueue([again]) == [.accepted(id)])
            try await store.bury(again, error: "x")
            var other = NewJob(type: "t", queue: "q", payload: [], uniqueKey: "k")
            #expect(try await store.enqueue([other]) == [.existing(id)])
            other.unique = UniqueRule(key: "k", conflict: .replace)
            #expect(try await store.enqueue([other]) == [.existing(id)])
            let child = try await store.enqueue1(type: "child") { $0.parents = [id] }
            #expect(try await store.list(JobQuery(type: "t")).jobs.map(\.id) == [good])
            #expect(Set(try await store.list(JobQuery()).jobs.map(\.id)) == [good, child])
            // Others are cancelled and deleted beside it.
            #expect(try await store.cancel(good, reason: "x") == .cancelled)
            try await Self.rewrite([later], in: place)
            #expect(try await store.claims(10).map(\.job.id) == [id])
            #expect(try await store.record(child).state == .scheduled)
        }
    }
}
