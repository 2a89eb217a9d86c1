import RoostJobs
import RoostRedis
import RoostTestKit
import Testing

@testable import RoostStores

/// Claims that found nothing and wait: who asks for them, and what becomes of the answer.
@Suite struct RedisWaitingClaimTests {
    private static func request(queue: String = "q", types: Set<String>? = nil) -> ClaimRequest {
        ClaimRequest(
            queues: [queue], types: types, limit: 10, worker: "w", lease: .seconds(600), wait: .seconds(60))
    }

    /// A store on the case's server that hears no message: what wakes its claims is its own doing. The server knows the
    /// scripts.
    private static func deaf(_ redis: RedisCase) async throws -> RedisStreamStore {
        try await redis.store.enqueue1()
        try await redis.store.attempt(.done)
        var configuration = RedisStreamStoreConfiguration()
        configuration.deadline = .seconds(20)
        configuration.recheck = .seconds(60)
        return RedisStreamStore(client: redis.client, configuration: configuration)
    }

    private func oneWaits(at store: RedisStreamStore) async throws {
        try await eventually("one claim waits") { store.claimable.count == 1 }
    }

    @Test("a job that the claim's own process enqueues is asked for right behind it, before any message comes back")
    func ownJob() async throws {
        try await RedisCase.run { redis in
            let store = try await Self.deaf(redis)
            async let claims = store.claim(Self.request(types: ["t"]))
            try await oneWaits(at: store)
            let id = try await store.enqueue1()
            #expect(try await claims.map(\.job.id) == [id])
        }
    }

    @Test("a job of another queue or type, or of later, is no reason to ask")
    func otherJobs() async throws {
        try await RedisCase.run { redis in
            let store = try await Self.deaf(redis)
            async let claims = store.claim(Self.request(types: ["t"]))
            try await oneWaits(at: store)
            try await store.enqueue1(queue: "other")
            try await store.enqueue1(type: "other")
            try await store.enqueue1(start: .after(.seconds(3600)))
            #expect(store.claimable.count == 1)
            let id = try await store.enqueue1()
            #expect(try await claims.map(\.job.id) == [id])
        }
    }

    @Test("a claim that was given up while its question was under way returns what it was given")
    func givenUp() async throws {
        try await RedisCase.run { redis in
            let store = try await Self.deaf(redis)
            let claim = Task { try await store.claim(Self.request()) }
            try await oneWaits(at: store)
            // Scripts wait until the server goes on.
            try await redis.server.ask("CLIENT", "PAUSE", "60000", "WRITE")
            async let id = store.enqueue1()
            try await eventually("the question is under way") { store.claimable.count == 0 }
            claim.cancel()
            try await redis.server.ask("CLIENT", "UNPAUSE")
            #expect(try await claim.value.map(\.job.id) == [id])
        }
    }

    @Test("a claim that is given up while it waits returns nothing and takes nothing")
    func givenUpWaiting() async throws {
        try await RedisCase.run { redis in
            let claim = Task { try await redis.store.claim(Self.request()) }
            try await oneWaits(at: redis.store)
            claim.cancel()
            #expect(try await claim.value.isEmpty)
            let id = try await redis.store.enqueue1()
            #expect(try await redis.store.claim1().job.id == id)
        }
    }

    @Test("asking in vain, for a paused queue, the claim goes on waiting and hears of the end of the pause")
    func paused() async throws {
        try await RedisCase.run { redis in
            let store = redis.store
            _ = try await store.setQueue("q", .pause)
            async let claims = store.claim(Self.request())
            try await oneWaits(at: store)
            let ids = [try await store.enqueue1(), try await store.enqueue1()]
            _ = try await store.setQueue("q", .resume)
            #expect(try await claims.map(\.job.id) == ids)
        }
    }

    @Test("a server that forgot the scripts while the claim waited is told them again")
    func forgottenScript() async throws {
        try await RedisCase.run { redis in
            let store = redis.store
            async let claims = store.claim(Self.request())
            try await oneWaits(at: store)
            try await redis.server.ask("SCRIPT", "FLUSH")
            let id = try await store.enqueue1()
            #expect(try await claims.map(\.job.id) == [id])
        }
    }

    @Test("a closed store lets a waiting claim go without asking the server")
    func closed() async throws {
        try await RedisCase.run { redis in
            let store = try await Self.deaf(redis)
            let claim = Task { try await store.claim(Self.request()) }
            try await oneWaits(at: store)
            let id = try await redis.store.enqueue1()
            await store.close()
            let error = await #expect(throws: StoreError.self) { _ = try await claim.value }
            #expect(error?.code == .closed)
            #expect(try await redis.store.claim1().job.id == id)
        }
    }
}
