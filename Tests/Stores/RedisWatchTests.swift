import RoostJobs
import RoostRedis
import RoostStores
import RoostTestKit
import Testing

/// What watching costs the server, and that it holds across processes and reconnects.
@Suite(.serialized) struct RedisWatchTests {
    @Test("a change that another process makes is heard")
    func otherProcess() async throws {
        try await RedisCase.run { redis in
            let client = try RedisCase.client(redis.server)
            let other = RedisStreamStore(client: client)
            let id = try await other.enqueue1()
            var hints = redis.store.changes(of: id).makeAsyncIterator()
            #expect(await hints.next() != nil)
            let claim = try await other.claim1()
            #expect(await hints.next() != nil)
            _ = try await other.note(claim.ticket, progress: [0x31], log: ["line"])
            #expect(await hints.next() != nil)
            _ = try await other.settle(claim.ticket, .done)
            #expect(await hints.next() != nil)
            #expect(try await redis.store.record(id).state == .done)
            try await redis.store.keepEnds(true)
            let waiting = Task { try await redis.store.ends(limit: 1, wait: .seconds(30)) }
            try await other.enqueue1()
            try await other.attempt(.done)
            #expect(try await waiting.value.count == 1)
            await client.shutDown()
        }
    }

    @Test("where nobody watches, nothing is published or kept")
    func cost() async throws {
        try await RedisCase.run { redis in
            try await redis.store.enqueue1()
            try await redis.redis("CONFIG RESETSTAT")
            let claim = try await redis.store.claim1()
            _ = try await redis.store.note(claim.ticket, progress: [0x31], log: ["line"])
            _ = try await redis.store.settle(claim.ticket, .done)
            let info = try await redis.redis("INFO commandstats").text ?? ""
            #expect(!info.contains("cmdstat_publish") && !info.contains("cmdstat_xadd"))
            #expect(try await redis.count("EXISTS $watching $feed $ends") == 0)
        }
    }

    @Test("only jobs that are watched are published")
    func others() async throws {
        try await RedisCase.run { redis in
            let id = try await redis.store.enqueue1()
            var hints = redis.store.changes(of: id).makeAsyncIterator()
            #expect(await hints.next() != nil)
            #expect(try await redis.count("ZCARD $watching") == 1)
            let left = try #require(try await redis.count("PTTL $watching"))
            #expect((1...60_000).contains(left))
            try await redis.store.enqueue1()
            try await redis.redis("CONFIG RESETSTAT")
            for claim in try await redis.store.claims() { _ = try await redis.store.settle(claim.ticket, .done) }
            // One for the claim of both, one for the settle of the one.
            let info = try await redis.redis("INFO commandstats").text ?? ""
            #expect(info.contains("cmdstat_publish:calls=2,"))
        }
    }

    @Test("a watcher is told to look after the connection was lost, and hears again")
    func reconnect() async throws {
        try await RedisCase.run { redis in
            // The case's own subscription is cut for good; this one is taken up again, as a process does.
            let client = try RedisCase.client(redis.server)
            let store = RedisStreamStore(client: client)
            try await withThrowingDiscardingTaskGroup { group in
                group.addTask { while !Task.isCancelled { try? await store.run() } }
                defer { group.cancelAll() }
                let id = try await store.enqueue1()
                var hints = store.changes(of: id).makeAsyncIterator()
                #expect(await hints.next() != nil)
                try await redis.redis("DEL $watching")
                try await redis.redis("CLIENT KILL TYPE pubsub")
                #expect(await hints.next() != nil, "a look in case something was missed")
                _ = try await store.claim1()
                #expect(await hints.next() != nil)
            }
            await client.shutDown()
        }
    }

    @Test("who looks at the store beside a watch and a feed finds nothing amiss")
    func check() async throws {
        try await RedisCase.run { redis in
            try await redis.store.keepEnds(true)
            let id = try await redis.store.enqueue1()
            var hints = redis.store.changes(of: id).makeAsyncIterator()
            #expect(await hints.next() != nil)
            try await redis.store.attempt(.done)
            #expect(try await redis.store.check(repair: false).findings.isEmpty)
            try await redis.store.keepEnds(false)
            #expect(try await redis.count("EXISTS $feed $ends") == 0)
        }
    }
}
