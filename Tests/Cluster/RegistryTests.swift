import RoostRedis
import RoostTestKit
import Testing

@testable import RoostCluster

/// What every registry does, on each of them.
@Suite("Registry")
struct RegistryTests {
    enum Kind: String, CaseIterable, CustomTestStringConvertible {
        case memory
        case redis
        var testDescription: String { rawValue }
    }

    private func withRegistry(
        _ kind: Kind, _ body: (any Registry) async throws -> Void
    ) async throws {
        switch kind {
        case .memory: try await body(MemoryRegistry())
        case .redis:
            let server = try RedisServer.start()
            let client = try Fixture.client(server)
            try await body(Fixture.required(RedisRegistry(cluster: Fixture.cluster, client: client)))
            await client.shutDown()
        }
    }

    private let ttl = Duration.seconds(60)

    @Test("a beat registers, and everybody sees the same member and report", arguments: Kind.allCases)
    func joining(kind: Kind) async throws {
        try await withRegistry(kind) { registry in
            let worker = Member(
                name: try Fixture.name("worker@10.0.0.1:4370"), roles: [.api], version: "1.2.3")
            let report = MemberReport(
                slots: 8, busy: 3, processed: 5, failed: 1, httpAddress: "10.0.0.1:4000", draining: true,
                duties: [DutyReport(name: "claim", restarts: 2, state: "running")], rssBytes: 1 << 40)
            let view = try await registry.beat(worker, report: report, ttl: ttl)
            #expect(view.standing == .accepted)
            #expect(view.epoch == 1)
            let entry = try #require(view.live.first)
            #expect(entry.member == worker)
            #expect(entry.report == report)
            #expect(entry.ttl == ttl)
            #expect(entry.age < .seconds(30))
            #expect(try await registry.members().live.map(\.member) == [worker])
        }
    }

    @Test("a renewal changes the report but not the epoch", arguments: Kind.allCases)
    func renewal(kind: Kind) async throws {
        try await withRegistry(kind) { registry in
            let (api, worker) = (try Fixture.member("api@a:1"), try Fixture.member("worker@b:1"))
            _ = try await registry.beat(api, report: MemberReport(), ttl: ttl)
            let joined = try await registry.beat(worker, report: MemberReport(), ttl: ttl)
            let renewed = try await registry.beat(worker, report: MemberReport(busy: 7), ttl: ttl)
            #expect(renewed.epoch == joined.epoch)
            #expect(renewed.live.map(\.member) == [api, worker])
            #expect(renewed.live.last?.report.busy == 7)
        }
    }

    @Test(
        "an entry expires by the registry's clock, stays listed, and its return counts as a change",
        arguments: Kind.allCases)
    func expiry(kind: Kind) async throws {
        try await withRegistry(kind) { registry in
            let worker = try Fixture.member("worker@b:1")
            let joined = try await registry.beat(worker, report: MemberReport(), ttl: .milliseconds(20))
            try await eventually("expired") { try await registry.members().live.isEmpty }
            let view = try await registry.members()
            #expect(view.entries.map(\.member) == [worker])
            #expect(view.epoch == joined.epoch)
            #expect(try await registry.beat(worker, report: MemberReport(), ttl: ttl).epoch == joined.epoch + 1)
        }
    }

    @Test(
        "who leaves is gone from the list, named as departed, and cannot come back by a late beat",
        arguments: Kind.allCases)
    func leaving(kind: Kind) async throws {
        try await withRegistry(kind) { registry in
            let worker = try Fixture.member("worker@b:1")
            let joined = try await registry.beat(worker, report: MemberReport(), ttl: ttl)
            try await registry.leave(worker)
            let late = try await registry.beat(worker, report: MemberReport(), ttl: ttl)
            #expect(late.standing == .departed)
            #expect(late.entries.isEmpty)
            #expect(Array(late.departures.keys) == [worker.id])
            #expect(late.epoch == joined.epoch + 1)
            let reborn = try Fixture.member("worker@b:1", incarnation: 2)
            #expect(try await registry.beat(reborn, report: MemberReport(), ttl: ttl).live.map(\.member) == [reborn])
        }
    }

    @Test("a newer incarnation takes the name over, and the older one is told", arguments: Kind.allCases)
    func superseding(kind: Kind) async throws {
        try await withRegistry(kind) { registry in
            let (old, new) = (try Fixture.member("worker@b:1"), try Fixture.member("worker@b:1", incarnation: 2))
            _ = try await registry.beat(old, report: MemberReport(), ttl: ttl)
            let epoch = try await registry.beat(new, report: MemberReport(), ttl: ttl).epoch
            #expect(epoch == 2)
            let view = try await registry.beat(old, report: MemberReport(), ttl: ttl)
            #expect(view.standing == .superseded)
            #expect(view.live.map(\.member) == [new])
            try await registry.leave(old)
            #expect(try await registry.members().live.map(\.member) == [new])
        }
    }

    @Test("a fenced incarnation is refused and named dead; a newer one is not", arguments: Kind.allCases)
    func fencing(kind: Kind) async throws {
        try await withRegistry(kind) { registry in
            let (api, worker) = (try Fixture.member("api@a:1"), try Fixture.member("worker@b:1"))
            for member in [api, worker] { _ = try await registry.beat(member, report: MemberReport(), ttl: ttl) }
            let epoch = try await registry.members().epoch
            try await registry.fence(worker.id, by: api)
            try await registry.fence(worker.id, by: api)
            let view = try await registry.members()
            #expect(view.live.map(\.member) == [api])
            #expect(Array(view.deaths.keys) == [worker.id])
            #expect(view.epoch == epoch + 1)
            #expect(try await registry.beat(worker, report: MemberReport(), ttl: ttl).standing == .fenced)
            let reborn = try Fixture.member("worker@b:1", incarnation: 2)
            #expect(try await registry.beat(reborn, report: MemberReport(), ttl: ttl).standing == .accepted)
            try await registry.fence(try Fixture.member("worker@b:1").id, by: api)
            #expect(try await registry.members().live.map(\.member) == [api, reborn])
        }
    }

    @Test("of two that take each other for dead the first wins", arguments: Kind.allCases)
    func mutualFencing(kind: Kind) async throws {
        try await withRegistry(kind) { registry in
            let (api, worker) = (try Fixture.member("api@a:1"), try Fixture.member("worker@b:1"))
            for member in [api, worker] { _ = try await registry.beat(member, report: MemberReport(), ttl: ttl) }
            try await registry.fence(worker.id, by: api)
            try await registry.fence(api.id, by: worker)
            #expect(try await registry.beat(api, report: MemberReport(), ttl: ttl).standing == .accepted)
            #expect(try await registry.members().live.map(\.member) == [api])
        }
    }

    @Test("a watch hears joins and leaves, not beats", arguments: Kind.allCases)
    func watching(kind: Kind) async throws {
        try await withRegistry(kind) { registry in
            let worker = try Fixture.member("worker@b:1")
            let (hints, continuation) = AsyncStream.makeStream(of: Void.self)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await registry.watch { continuation.yield() } }
                var iterator = hints.makeAsyncIterator()
                _ = await iterator.next()
                _ = try await registry.beat(worker, report: MemberReport(), ttl: ttl)
                _ = await iterator.next()
                for _ in 0..<5 { _ = try await registry.beat(worker, report: MemberReport(), ttl: ttl) }
                try await registry.leave(worker)
                _ = await iterator.next()
                continuation.finish()
                #expect(await iterator.next() == nil)
                group.cancelAll()
            }
        }
    }
}
