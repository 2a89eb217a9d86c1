import RoostJobs
import RoostRedis
import RoostStores
import RoostTestKit
import Testing

/// A key of another type than the layout says, under every script that changes jobs.
@Suite("Keys of another type", .serialized)
struct RedisWrongTypeTests {
    /// What a script is asked to do, in a store that has a job for each of them.
    private struct Call: Sendable {
        let name: String
        let body: @Sendable (RedisCase, Jobs) async throws -> Void

        init(_ name: String, _ body: @escaping @Sendable (RedisCase, Jobs) async throws -> Void) {
            self.name = name
            self.body = body
        }
    }

    private struct Jobs: Sendable {
        let running: [Claim]
        let waiting: JobID
        let failed: JobID
    }

    private static let calls: [Call] = [
        Call("enqueue") { place, _ async throws in
            let job = NewJob(type: "t", queue: "q", payload: [], start: .after(.seconds(600)), uniqueKey: "key")
            _ = try await place.store.enqueue([job])
        },
        Call("plain-enqueue") { place, _ async throws in
            _ = try await place.store.enqueue([NewJob(type: "t", queue: "q", payload: [])])
        },
        Call("claim") { place, _ async throws in _ = try await place.store.claims(5) },
        Call("extend") { place, jobs async throws in
            _ = try await place.store.extend(jobs.running.map(\.ticket), lease: .seconds(900))
        },
        Call("settle") { place, jobs async throws in
            let end = AttemptEnd(jobs.running[0].ticket, .retry(after: .seconds(600), error: "x"))
            _ = try await place.store.settle([end, AttemptEnd(jobs.running[1].ticket, .failed(error: "x"))])
        },
        Call("done") { place, jobs async throws in
            _ = try await place.store.settle(jobs.running.map { AttemptEnd($0.ticket, .done) })
        },
        Call("promote") { place, _ async throws in _ = try await place.store.promoteDue(limit: 10, wait: .zero) },
        Call("reclaim") { place, _ async throws in _ = try await place.store.reclaim(limit: 10, maxCrashes: 3) },
        Call("reclaim-worker") { place, _ async throws in
            _ = try await place.store.reclaim(worker: "dead", limit: 10, maxCrashes: 3)
        },
        Call("cancel") { place, jobs async throws in _ = try await place.store.cancel(jobs.waiting, reason: "x") },
        Call("replay") { place, jobs async throws in _ = try await place.store.replay(jobs.failed) },
        Call("delete") { place, jobs async throws in _ = try await place.store.delete(jobs.failed) },
        Call("prune") { place, _ async throws in
            _ = try await place.store.prune(limit: 10, retention: Retention(done: 0, failed: 0, cancelled: 0))
        },
        Call("note") { place, jobs async throws in
            _ = try await place.store.note(jobs.running[0].ticket, progress: [1], log: ["line"])
        },
    ]

    /// A job for each call.
    private static func fill(_ place: RedisCase) async throws -> Jobs {
        let store = place.store
        for outcome: Outcome in [.done, .failed(error: "no"), .cancelled(reason: "no")] {
            _ = try await store.enqueue([NewJob(type: "ended", queue: "q", payload: [], resultTTL: .milliseconds(1))])
            let claim = try #require(try await store.claims(1, types: ["ended"]).first)
            _ = try await store.settle(claim.ticket, outcome)
        }
        let failed = try #require(try await store.list(JobQuery(state: .failed)).jobs.first?.id)
        _ = try await store.enqueue(count: 3)
        let running = try await store.claims(2)
        _ = try await store.claims(1, worker: "dead")
        for (n, lost) in try await store.list(JobQuery(worker: "dead")).jobs.enumerated() {
            try await place.redis("ZADD $leases \(n + 1) \(lost.id)")
        }
        try await place.redis("SET $sweep 9999999999999999~0")
        let due = try await store.enqueue1(start: .after(.seconds(600)))
        try await place.redis("ZADD $scheduled 1 \(due)")
        let waiting = try await store.enqueue1()
        _ = try await store.enqueue(count: 2)
        return Jobs(running: running, waiting: waiting, failed: failed)
    }

    /// Every key with what it holds.
    private static func snapshot(_ place: RedisCase) async throws -> [String: [UInt8]] {
        let script = """
            local reply = {}
            for _, key in ipairs(redis.call('KEYS', '*')) do
              reply[#reply + 1] = key
              reply[#reply + 1] = redis.call('DUMP', key)
            end
            return reply
            """
        let reply = try await place.client.send(RedisCommand("EVAL", script, "0")).elements ?? []
        return Dictionary(
            uniqueKeysWithValues: stride(from: 0, to: reply.count, by: 2).compactMap { place in
                reply[place].text.flatMap { key in reply[place + 1].bytes.map { (key, $0) } }
            })
    }

    private static func restore(_ keys: [String: [UInt8]], in place: RedisCase) async throws {
        for (key, bytes) in keys {
            var command = RedisCommand("RESTORE", key, "0")
            command.append(bytes)
            command.append("REPLACE")
            _ = try await place.client.send(command)
        }
    }

    /// What there is, and what those calls would make.
    private static let made = ["k:key", "waits", "overdue", "cancels", "watched", "ended", "live", "garbage", "queues"]

    @Test("a script that meets one fails; once it is gone, a check puts everything right and no job is lost")
    func planted() async throws {
        try await RedisCase.run { place in
            let jobs = try await Self.fill(place)
            let whole = try await Self.snapshot(place)
            let ids = Set(try await place.store.all().map(\.id))
            var met: [String: Int] = [:]
            var halves: Set<String> = []
            for call in Self.calls {
                for key in Set(whole.keys).union(Self.made.map { "{roost}:" + $0 }).sorted() {
                    try await place.redis("FLUSHDB")
                    try await Self.restore(whole, in: place)
                    let isString = try await place.client.send(RedisCommand("TYPE", key)).text == "string"
                    _ = try await place.client.send(RedisCommand("DEL", key))
                    _ = try await place.client.send(
                        isString ? RedisCommand("RPUSH", key, "x") : RedisCommand("SET", key, "x"))
                    let before = try await Self.snapshot(place)
                    do {
                        try await call.body(place, jobs)
                        // It had nothing to do with this key, or has put its own in the place.
                        continue
                    } catch let error as StoreError {
                        // A record's place is looked at with care, for the sake of the others of a call.
                        let isMet = error.message.contains("WRONGTYPE") || error.message.contains("unknown format")
                        #expect(error.code == .corrupt && isMet, "\(call.name) \(key): \(error)")
                    }
                    met[call.name, default: 0] += 1
                    if try await Self.snapshot(place) != before { halves.insert(call.name) }
                    _ = try await place.client.send(RedisCommand("DEL", key))
                    if let bytes = whole[key] { try await Self.restore([key: bytes], in: place) }
                    _ = try await place.store.check(repair: true)
                    let left = try await place.store.check(repair: false).findings
                    #expect(left.isEmpty, "\(call.name) \(key): \(left)")
                    // What waits is handed out.
                    let waiting = try await place.store.counts()[.queued]
                    #expect(try await place.store.claims(100).count == waiting, "\(call.name) \(key)")
                    let lost = ids.subtracting(try await place.store.all().map(\.id))
                    if call.name != "prune" && call.name != "delete" { #expect(lost.isEmpty, "\(call.name) \(key)") }
                }
            }
            // Each met some but a note, to which the claim is lost; what changes only what a worker knows is never half
            // written.
            #expect(Set(met.keys) == Set(Self.calls.map(\.name)).subtracting(["note"]), "\(met)")
            #expect(halves.isDisjoint(with: ["extend", "note"]))
        }
    }
}
