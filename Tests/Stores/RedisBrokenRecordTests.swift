import RoostJobs
import RoostRedis
import RoostStores
import RoostTestKit
import Testing

/// Records whose states no release could have written, and both kinds of record in one call.
@Suite("Records with states in them, among others") struct RedisBrokenRecordTests {
    /// What may stand where a state's line should be, before the record.
    static let lines = [
        "3 ", "3 \n", "3 q\n", "3 q 0 0 0 - 0 0 0 0\n", "3 q 0 0 0 - 0 0 0 0 - x\n", "3 q 0 0 0 - 0 0 0 0 - 5 x\n",
        "3 q 0 0 0 - 0 0 0 0 - -5\n", "3 q 0 0 0 - 0 0 0 0 - 999999\n", "3 qq 0 0 0 - 0 0 0 0 -\n",
        "3 q x 0 0 - 0 0 0 0 -\n", "3\n", "33 q 0 0 0 - 0 0 0 0 -\n", "3 q 0 0 0 - 0 0 0 0 - 5 5 5\n",
    ]

    @Test(
        "one that cannot be read is left alone by every script, and the others of the same call are not",
        arguments: lines)
    func unreadable(line: String) async throws {
        try await RedisCase.run { place in
            let store = place.store
            let ids = try await store.enqueue(count: 3).sorted()
            let record = try #require(try await place.bytes("j:\(ids[1])"))
            let broken = Array(line.utf8) + record
            try await place.set("j:\(ids[1])", broken)
            let claims = try await store.claims(10)
            #expect(claims.map(\.job.id) == [ids[0], ids[2]])
            let clock = StoreClock()
            await clock.expect(.corrupt) { _ = try await store.job(ids[1]) }
            await clock.expect(.corrupt) { _ = try await store.details(ids[1]) }
            await clock.expect(.corrupt) { _ = try await store.cancel(ids[1], reason: "no") }
            await clock.expect(.corrupt) { _ = try await store.replay(ids[1]) }
            await clock.expect(.corrupt) { _ = try await store.delete(ids[1]) }
            #expect(try await store.list(JobQuery()).jobs.count == 2)
            // As if it had been claimed with the others.
            let theirs = Claim.Ticket(id: ids[1], token: claims[0].ticket.token, queue: "q", type: "t", priority: 5)
            let tickets = [claims[0].ticket, theirs, claims[1].ticket]
            #expect(try await store.lost(tickets, lease: .seconds(600)) == [theirs])
            #expect(
                try await store.settle(tickets.map { AttemptEnd($0, .done) }) == [.settled, .leaseLost, .settled])
            for index in ["leases", "scheduled", "overdue", "expiry"] {
                try await place.redis("ZADD $\(index) 1 \(ids[1])")
            }
            try await place.redis("SET $sweep 9999999999999999~0")
            #expect(try await store.reclaim(limit: 10, maxCrashes: 3).isEmpty)
            #expect(try await store.promoteDue(limit: 10, wait: .zero) == 0)
            #expect(try await store.prune(limit: 10) == 0)
            #expect(Set(try await store.check(repair: true).findings.map(\.kind)) == ["unreadable"])
            #expect(try await place.bytes("j:\(ids[1])") == broken)
            #expect(try await place.kinds(ids[1]) == ["j"])
            // Whoever can read it makes it what it was.
            try await place.set("j:\(ids[1])", record)
            for index in ["leases", "scheduled", "overdue", "expiry"] {
                try await place.redis("ZREM $\(index) \(ids[1])")
            }
            #expect(try await store.check(repair: true).findings == [])
            try await store.attempt(.done)
        }
    }

    @Test("running jobs whose state cannot be read any more hold up nobody", arguments: lines)
    func lostWhileRunning(line: String) async throws {
        try await RedisCase.run { place in
            let store = place.store
            let ids = try await store.enqueue(count: 3).sorted()
            let claims = try await store.claims(10)
            let record = try await place.joined(ids[1]).record
            try await place.set("j:\(ids[1])", Array(line.utf8) + record)
            for outcome in [Outcome.retry(after: .zero, error: "x"), .done] {
                let again =
                    outcome == .done ? try await store.claims(10).map(\.ticket) : [claims[0].ticket, claims[2].ticket]
                let ends = [again[0], claims[1].ticket, again[1]].map { AttemptEnd($0, outcome) }
                #expect(try await store.settle(ends) == [.settled, .leaseLost, .settled])
            }
            #expect(try await store.counts()[.done] == 2)
        }
    }

    @Test(
        "a key of another type where a running job's record was costs that job, and none that are extended, settled or taken back with it"
    )
    func wrongType() async throws {
        try await RedisCase.run { place in
            let store = place.store
            let large = [UInt8](repeating: 0x78, count: 2000)
            let jobs = (0..<6).map { NewJob(type: "t", queue: "q", payload: $0 == 3 ? large : []) }
            let ids = try await store.enqueue(jobs).compactMap(\.id)
            let tickets = try await store.claims(10).map(\.ticket)
            try #require(tickets.map(\.id) == ids)
            // A small one, whose state goes with it, and a large one, whose state does not.
            for number in [1, 3] {
                try await place.redis("DEL $j:\(ids[number])")
                try await place.redis("LPUSH $j:\(ids[number]) x")
            }
            #expect(try await store.lost(tickets, lease: .seconds(600)) == [tickets[1]])
            let retry = Outcome.retry(after: .zero, error: "x")
            let settled = try await store.settle(tickets[...3].map { AttemptEnd($0, retry) })
            #expect(settled == [.settled, .leaseLost, .settled, .settled])
            #expect(try await store.settle([AttemptEnd(tickets[4], .done)]) == [.settled])
            // Its worker is gone: it is taken back although another cannot be.
            #expect(try await store.reclaim(worker: "w", limit: 10, maxCrashes: 3).requeued == [ids[5]])
            try await place.redis("SET $sweep 9999999999999999~0")
            try await place.redis("ZADD $leases 1 \(ids[1])")
            #expect(try await store.reclaim(limit: 10, maxCrashes: 3).isEmpty)
            #expect(try await store.claims(10).map(\.job.id) == [ids[0], ids[2], ids[5]])
            for number in [1, 3] {
                #expect(try await place.redis("TYPE $j:\(ids[number])").text == "list", "nobody's to write over")
            }
        }
    }

    @Test("small and large ones are claimed, extended, settled and taken back in the same calls")
    func bothKinds() async throws {
        try await RedisCase.run { place in
            let store = place.store
            let large = [UInt8](repeating: 0x78, count: 2000)
            func jobs(_ count: Int, deadline: Bool = false) -> [NewJob] {
                (0..<count).map { number in
                    var job = NewJob(type: "t", queue: "q", payload: number % 2 == 0 ? [] : large)
                    if deadline { job.deadline = .after(.seconds(600)) }
                    return job
                }
            }
            // By the short way, and by the long one: where one has a time limit, it ends there.
            for isPlain in [true, false] {
                let all = jobs(20) + (isPlain ? [] : jobs(2, deadline: true))
                _ = try await store.enqueue(all)
                let claims = try await store.claims(100)
                #expect(Set(claims.map(\.job.id)) == Set(all.map(\.id)))
                for claim in claims {
                    #expect(try await place.kinds(claim.job.id) == (claim.job.payload.isEmpty ? ["j"] : ["j", "s"]))
                }
                #expect(try await store.lost(claims.map(\.ticket), lease: .seconds(600)).isEmpty)
                // Done ones by the short way, with and without a word on their sizes; all others by the long one.
                let ends = claims.enumerated().map { place, claim in
                    let outcomes: [Outcome] = [.done, .retry(after: .zero, error: "x"), .failed(error: "y"), .done]
                    let bytes = place % 3 == 0 ? 0 : claim.job.payload.count
                    return AttemptEnd(claim.ticket, outcomes[place / 2 % 4], payloadBytes: bytes)
                }
                #expect(Set(try await store.settle(ends)) == [.settled])
                for (claim, end) in zip(claims, ends) {
                    let isSmall = claim.job.payload.isEmpty
                    let keys: Set<String> = end.outcome == .done ? isSmall ? [] : ["r"] : ["e", "h"]
                    #expect(try await place.kinds(claim.job.id) == keys.union(isSmall ? ["j"] : ["j", "s"]))
                }
                // Those to be tried again, lost together.
                let again = try await store.claims(100, worker: "dead", lease: .milliseconds(1))
                #expect(again.count == ends.count { $0.outcome == .retry(after: .zero, error: "x") })
                let back = try await store.reclaim(worker: "dead", limit: 100, maxCrashes: 3).requeued
                #expect(Set(back) == Set(again.map(\.job.id)))
                let last = try await store.claims(100)
                #expect(Set(try await store.settle(last.map { AttemptEnd($0.ticket, .done) })) == [.settled])
                #expect(Set(try await store.list(JobQuery(state: .done)).jobs.map(\.id)).isSuperset(of: back))
                #expect(try await store.check(repair: false).findings == [])
            }
            while try await store.prune(limit: 500, retention: Retention(done: 0, failed: 0, cancelled: 0)) > 0 {}
            #expect(try await place.redis("KEYS $[jsreh]:*").elements == [])
        }
    }
}
