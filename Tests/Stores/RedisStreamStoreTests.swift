import Logging
import NIOPosix
import RoostJobs
import RoostRedis
import RoostTestKit
import Testing

@testable import RoostStores

/// What only the Redis store has to show: its streams, its scripts, its server's moods.
@Suite(.serialized) struct RedisStreamStoreTests {
    /// A server of the test's own, because these tests flush it, stop it and read its keys.
    private func withServer(
        _ arguments: [String] = [], deadline: Duration = .seconds(20),
        _ body: (RedisServer, RedisClient, RedisStreamStore) async throws -> Void
    ) async throws {
        let server = try RedisServer.start(arguments: arguments)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let client = RedisClient(
            configuration: try RedisConfiguration(url: server.url),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: logger)
        // Long by default: these tests are about what is stored, on machines that may be busy.
        var configuration = RedisStreamStoreConfiguration()
        configuration.deadline = deadline
        let store = RedisStreamStore(client: client, configuration: configuration)
        try await body(server, client, store)
        await client.shutDown()
    }

    private func count(_ client: RedisClient, _ command: String, _ key: String) async throws -> Int64 {
        try await client.send(RedisCommand(command, key)).int ?? -1
    }

    private let lane = "{roost}:q:q|5|t"

    @Test("after a drain the stream and its pending list are empty, and after the time to live no key of a job is left")
    func nothingLeft() async throws {
        try await withServer { _, client, store in
            _ = try await store.enqueue(count: 700, ttl: .milliseconds(1))
            while true {
                let claims = try await store.claims(100)
                if claims.isEmpty { break }
                for claim in claims { _ = try await store.settle(claim.ticket, .done) }
            }
            #expect(try await count(client, "XLEN", lane) == 0)
            let pending = try await client.send(RedisCommand("XPENDING", lane, "roost")).elements?.first?.int
            #expect(pending == 0)
            while try await store.prune(limit: 500) > 0 {}
            let keys = try await client.send(RedisCommand("KEYS", "{roost}:[jsrek]:*")).elements ?? []
            #expect(keys.isEmpty, "\(keys)")
            for key in ["all", "ix:d", "leases", "expiry", "scheduled"] {
                #expect(try await count(client, "ZCARD", "{roost}:\(key)") == 0, "\(key)")
            }
        }
    }

    @Test("jobs queued before the first node existed are delivered: the group starts at 0")
    func groupFromZero() async throws {
        try await withServer { _, client, store in
            _ = try await store.enqueue(count: 10)
            #expect(try await client.send(RedisCommand("XINFO", "GROUPS", lane)).elements?.isEmpty == true)
            #expect(try await store.claims(100).count == 10)
        }
    }

    @Test("no accepted job is trimmed away, however many wait")
    func noMaxLen() async throws {
        try await withServer { _, client, store in
            for _ in 0..<3 { _ = try await store.enqueue(count: 5000) }
            #expect(try await count(client, "XLEN", lane) == 15_000)
        }
    }

    @Test("behind a long-running head, acknowledged entries are let go once some thousands have gathered")
    func garbage() async throws {
        try await withServer { _, client, store in
            _ = try await store.enqueue(count: 1)
            let head = try await store.claim1()
            for _ in 0..<14 {
                _ = try await store.enqueue(count: 500)
                let claims = try await store.claims(500)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for claim in claims { group.addTask { _ = try await store.settle(claim.ticket, .done) } }
                    try await group.waitForAll()
                }
            }
            #expect(try await count(client, "XLEN", lane) <= 5600)
            #expect(try await store.settle(head.ticket, .done) == .settled)
            #expect(try await count(client, "XLEN", lane) == 0)
        }
    }

    @Test("FLUSHALL and SCRIPT FLUSH under way: the group and the scripts are made again")
    func flushed() async throws {
        try await withServer { _, client, store in
            _ = try await store.enqueue(count: 2)
            let claim = try await store.claim1()
            _ = try await client.send(RedisCommand("SCRIPT", "FLUSH"))
            #expect(try await store.settle(claim.ticket, .done) == .settled)
            let lost = try await store.claim1()
            _ = try await client.send(RedisCommand("FLUSHALL"))
            #expect(try await store.settle(lost.ticket, .done) == .leaseLost)
            let id = try await store.enqueue1()
            #expect(try await store.claim1().job.id == id)
        }
    }

    @Test("an entry whose job is gone is passed over, and does not stay pending")
    func ghost() async throws {
        try await withServer { _, client, store in
            let gone = try await store.enqueue1()
            let there = try await store.enqueue1()
            _ = try await client.send(RedisCommand("DEL", "{roost}:j:\(gone)"))
            #expect(try await store.claims(10).map(\.job.id) == [there])
            let pending = try await client.send(RedisCommand("XPENDING", lane, "roost")).elements?.first?.int
            #expect(pending == 1)
        }
    }

    @Test("a full server accepts nothing, keeps what it has, and work that runs is settled")
    func fullServer() async throws {
        try await withServer { _, client, store in
            _ = try await store.enqueue(count: 3)
            let claim = try await store.claim1()
            _ = try await client.send(RedisCommand("CONFIG", "SET", "maxmemory", "1"))
            do {
                _ = try await store.enqueue(count: 1)
                Issue.record("accepted by a full server")
            } catch let error as StoreError {
                #expect(error.code == .unavailable)
            }
            #expect(try await store.lost([claim.ticket], lease: .seconds(600)).isEmpty)
            #expect(try await store.settle(claim.ticket, .done) == .settled)
            #expect(try await store.claims(10).count == 2)
            #expect(try await store.counts().total == 3)
        }
    }

    @Test("a stopped server is unavailable at once; back again, the same store goes on")
    func restart() async throws {
        try await withServer(["--appendonly", "yes", "--appendfsync", "always"], deadline: .seconds(1)) {
            server, _, store in
            let id = try await store.enqueue1()
            server.stop()
            do {
                _ = try await store.enqueue(count: 1)
                Issue.record("accepted without a server")
            } catch let error as StoreError {
                #expect(error.code == .unavailable || error.code == .unknown)
            }
            #expect(await store.health().isReachable == false)
            try server.restart()
            try await eventually("the job is there again") { (try? await store.job(id)) != nil }
            #expect(try await store.claim1().job.id == id)
        }
    }

    @Test("an eviction policy that deletes jobs is refused, and the durability is named")
    func policy() async throws {
        try await withServer(["--appendonly", "yes", "--appendfsync", "always"]) { _, client, store in
            #expect(await store.health().durability == "appendfsync always")
            try await store.verify()
            _ = try await client.send(RedisCommand("CONFIG", "SET", "maxmemory-policy", "allkeys-lru"))
            await #expect(throws: StoreError.self) { try await store.verify() }
        }
    }

    @Test("the streams' document names lanes, lengths and groups")
    func streams() async throws {
        try await withServer { _, _, store in
            _ = try await store.enqueue(count: 3)
            _ = try await store.claim1()
            let document = try JSONScanner.parseObject(await store.streamsDocument())
            #expect(document["length"]?.int == 3)
            #expect(document["streams"]?.kind == .array)
        }
    }

    @Test("a record of a newer format is refused and left alone")
    func newerFormat() async throws {
        try await withServer { _, client, store in
            let id = try await store.enqueue1()
            let blob = try #require(try await client.send(RedisCommand("GET", "{roost}:j:\(id)")).bytes)
            var command = RedisCommand("SET", "{roost}:j:\(id)")
            command.append(Array("2".utf8) + blob.dropFirst())
            _ = try await client.send(command)
            do {
                _ = try await store.job(id)
                Issue.record("a format nobody knows was read")
            } catch let error as StoreError {
                #expect(error.code == .corrupt)
            }
        }
    }

    @Test("a record that cannot be read fails those who ask for it, and nobody whose look shares the round trip")
    func lookBesideNewerFormat() async throws {
        try await withServer { _, client, store in
            let ids = try await store.enqueue(count: 2)
            _ = try await client.send(RedisCommand("SET", "{roost}:j:\(ids[0])", "9 of a later release\n"))
            let absent = JobIDGenerator.shared.next()
            let looks = try await store.link.details([ids[0], ids[1], absent, ids[0]])
            for place in [0, 3] {
                guard case .failure(let error) = looks[place] else { throw StoreError(.closed, "it was read") }
                #expect(error.code == .corrupt)
            }
            #expect(try looks[1].get()?.details.job.id == ids[1])
            #expect(try looks[2].get() == nil)
        }
    }

    @Test("a standstill before the first sweep of a ledger is a standstill too")
    func standstillBeforeAll() async throws {
        try await withServer { server, client, _ in
            var configuration = RedisStreamStoreConfiguration()
            configuration.deadline = .seconds(20)
            configuration.sweepGap = .milliseconds(300)
            configuration.sweepGrace = .seconds(2)
            let store = RedisStreamStore(client: client, configuration: configuration)
            _ = try await store.enqueue1()
            let claim = try await store.claim1(lease: .milliseconds(200))
            server.pause()
            try await Task.sleep(for: .milliseconds(600))
            server.resume()
            #expect(try await store.reclaim(limit: 10, maxCrashes: 3).isEmpty)
            #expect(try await store.lost([claim.ticket], lease: .milliseconds(200)).isEmpty)
            try await eventually("the claim is taken back") {
                try await store.reclaim(limit: 10, maxCrashes: 3).requeued == [claim.job.id]
            }
        }
    }

    @Test("after a standstill of the server nobody's claim is taken back before it could be extended")
    func standstill() async throws {
        try await withServer { server, client, _ in
            var configuration = RedisStreamStoreConfiguration()
            configuration.deadline = .seconds(20)
            configuration.sweepGap = .milliseconds(300)
            configuration.sweepGrace = .milliseconds(300)
            let store = RedisStreamStore(client: client, configuration: configuration)
            _ = try await store.enqueue1()
            let claim = try await store.claim1(lease: .milliseconds(200))
            #expect(try await store.reclaim(limit: 10, maxCrashes: 3).isEmpty)
            server.pause()
            // Longer than the lease and the gap: what a hung disk or a stopped container does.
            try await Task.sleep(for: .milliseconds(600))
            server.resume()
            #expect(try await store.reclaim(limit: 10, maxCrashes: 3).isEmpty)
            #expect(try await store.lost([claim.ticket], lease: .milliseconds(200)).isEmpty)
            // Not extended again: sweeps that come in time take it back once it runs out.
            try await eventually("the claim is taken back") {
                try await store.reclaim(limit: 10, maxCrashes: 3).requeued == [claim.job.id]
            }
        }
    }
}
