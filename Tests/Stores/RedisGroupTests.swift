import RoostJobs
import RoostRedis
import RoostStores
import RoostTestKit
import Testing

/// Jobs that are done together share places in the indexes of done jobs.
@Suite(.serialized) struct RedisGroupTests {
    /// Jobs that were done together; newest first.
    private func done(_ count: Int, ttl: Duration = .seconds(600), in place: RedisCase) async throws -> [JobID] {
        let ids = try await place.store.enqueue(count: count, ttl: ttl)
        let claims = try await place.store.claims(count)
        #expect(claims.count == count)
        let settlements = try await place.store.settle(claims.map { AttemptEnd($0.ticket, .done) })
        #expect(settlements.allSatisfy { $0 == .settled })
        return ids.sorted().reversed()
    }

    private func listed(in place: RedisCase) async throws -> [JobID] {
        try await place.store.list(JobQuery(state: .done, limit: 500)).jobs.map(\.id)
    }

    @Test("jobs done together share places, and pages of them begin and end anywhere")
    func pages() async throws {
        try await RedisCase.run { place in
            let ids = try await done(300, in: place)
            #expect(try #require(try await place.count("ZCARD $ix:d")) < 300)
            #expect(try await place.count("ZCARD $expiry") == 0)
            for size in [1, 7, 299, 500] {
                var query = JobQuery(state: .done, limit: size)
                var found: [JobID] = []
                repeat {
                    let page = try await place.store.list(query)
                    #expect(page.total == 300)
                    found += page.jobs.map(\.id)
                    query.olderThan = page.next
                } while query.olderThan != nil && found.count <= 300
                #expect(found == ids, "by \(size)")
            }
            let middle = try await place.store.list(JobQuery(state: .done, offset: 120, limit: 10))
            #expect(middle.jobs.map(\.id) == Array(ids[120..<130]))
            #expect(try await place.store.check(repair: false) == StoreReport(jobs: 300))
        }
    }

    @Test("one that is deleted leaves the others in their places")
    func deletion() async throws {
        try await RedisCase.run { place in
            var ids = try await done(50, in: place)
            for index in [40, 25, 0] { #expect(try await place.store.delete(ids.remove(at: index)) == .deleted) }
            #expect(try await listed(in: place) == ids)
            #expect(try await place.store.check(repair: false) == StoreReport(jobs: 47))
            for id in ids { _ = try await place.store.delete(id) }
            #expect(try await place.redis("EXISTS $ix:d $expiry-groups").int == 0)
        }
    }

    @Test("of too many done jobs the oldest go, also when they shared a place with some that stay")
    func surplus() async throws {
        try await RedisCase.run { place in
            let ids = try await done(200, in: place)
            let kept = Retention(done: 33, failed: 100, cancelled: 100)
            #expect(try await place.store.prune(limit: 100, retention: kept) == 100)
            #expect(try await place.store.prune(limit: 100, retention: kept) == 67)
            #expect(try await place.store.prune(limit: 100, retention: kept) == 0)
            let left = try await listed(in: place)
            #expect(left.count == 33)
            // Of jobs accepted in one millisecond, any.
            let bound = try #require(left.map(\.timestamp).min())
            #expect(Set(ids.filter { $0.timestamp > bound }).isSubset(of: left))
            #expect(try await place.store.check(repair: false) == StoreReport(jobs: 33))
        }
    }

    @Test("when their time is over they go, a limited number at a time, and leave nothing")
    func expiry() async throws {
        try await RedisCase.run { place in
            _ = try await done(120, ttl: .milliseconds(1), in: place)
            var pruned: [Int] = []
            repeat { pruned.append(try await place.store.prune(limit: 50)) } while pruned.last != 0
            #expect(pruned == [50, 50, 20, 0])
            #expect(try await place.redis("EXISTS $ix:d $expiry-groups $all").int == 0)
        }
    }

    @Test("a check finds jobs whose group was lost, and lists them one by one")
    func check() async throws {
        try await RedisCase.run { place in
            let ids = try await done(20, in: place)
            try await place.redis("DEL $ix:d")
            try await place.redis("ZADD $ix:d 0 nothing")
            let report = try await place.store.check(repair: true)
            let found = Dictionary(report.findings.map { ($0.kind, $0.count) }, uniquingKeysWith: +)
            #expect(found["missing-index"] == 20)
            #expect(found["missing-expiry"] == 20)
            #expect(try await listed(in: place) == ids)
            #expect(try await place.store.check(repair: false) == StoreReport(jobs: 20))
        }
    }
}
