import FoundationEssentials
import RoostRedis
import RoostTestKit
import Synchronization
import Testing

@testable import RoostCluster

@Suite("Membership")
struct MembershipTests {
    private func configuration(interval: Duration = .milliseconds(100)) -> MembershipConfiguration {
        var configuration = MembershipConfiguration()
        configuration.interval = interval
        configuration.minimumGap = .milliseconds(10)
        configuration.retryMinimum = .milliseconds(20)
        configuration.retryMaximum = .milliseconds(100)
        configuration.settle = .seconds(60)
        return configuration
    }

    private func membership(
        _ name: String, _ registry: any Registry, _ configuration: MembershipConfiguration,
        report: @escaping @Sendable () -> MemberReport = { MemberReport() }
    ) throws -> Membership {
        Membership(
            me: try Fixture.member(name), registry: registry, configuration: configuration,
            eventLoopGroup: Fixture.group, logger: Fixture.logger, report: report)
    }

    /// Runs the memberships while the body does.
    private func running(_ memberships: [Membership], _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for membership in memberships { group.addTask { await membership.run() } }
            try await body()
            group.cancelAll()
        }
    }

    private func redis(_ server: RedisServer) throws -> (RedisClient, RedisRegistry) {
        let client = try Fixture.client(server)
        var configuration = RedisRegistry.Configuration()
        configuration.deadline = .milliseconds(500)
        return (
            client,
            try Fixture.required(
                RedisRegistry(cluster: Fixture.cluster, client: client, configuration: configuration))
        )
    }

    @Test("members see each other join, with the report of the moment, and see who leaves")
    func joinAndLeave() async throws {
        let registry = MemoryRegistry()
        let busy = Mutex(0)
        let api = try membership("api@a:1", registry, configuration())
        let worker = try membership("worker@b:1", registry, configuration()) {
            MemberReport(busy: busy.withLock { $0 })
        }
        let events = api.events()
        try await running([api, worker]) {
            #expect(try await first(of: events) { $0 == .joined(worker.me) } == .joined(worker.me))
            busy.withLock { $0 = 5 }
            try await eventually("the new report is seen") {
                api.snapshot.members.contains { $0.member == worker.me && $0.report.busy == 5 }
            }
            try await worker.leave()
            #expect(try await first(of: events) { $0 == .left(worker.me) } == .left(worker.me))
            #expect(api.snapshot.up.map(\.member) == [api.me])
        }
    }

    @Test("a hint brings the next beat forward, long before it is due")
    func hints() async throws {
        let server = try RedisServer.start()
        let (client, registry) = try redis(server)
        let api = try membership("api@a:1", registry, configuration(interval: .seconds(3600)))
        let worker = try membership("worker@b:1", registry, configuration(interval: .seconds(3600)))
        let (seen, seenToo) = (api.events(), worker.events())
        try await running([api]) {
            _ = try await first(of: seen) { $0 == .registryRecovered }
            try await running([worker]) {
                _ = try await first(of: seenToo) { $0 == .joined(api.me) }
                _ = try await first(of: seen) { $0 == .joined(worker.me) }
            }
        }
        await client.shutDown()
    }

    @Test("while Redis is stopped members are kept and the registry is degraded; when it is back all register again")
    func outage() async throws {
        let server = try RedisServer.start()
        let (client, registry) = try redis(server)
        let (otherClient, otherRegistry) = try redis(server)
        let api = try membership("api@a:1", registry, configuration())
        let worker = try membership("worker@b:1", otherRegistry, configuration())
        let events = api.events()
        try await running([api, worker]) {
            _ = try await first(of: events) { $0 == .joined(worker.me) }
            server.kill()
            _ = try await first(of: events) { $0 == .registryDegraded }
            #expect(api.snapshot.up.map(\.member) == [api.me, worker.me])
            #expect(!api.snapshot.registry.isHealthy)
            try server.restart()
            // Nothing may be heard of a loss before the recovery.
            let next = try await first(of: events) { _ in true }
            #expect(next == .registryRecovered)
            #expect(api.snapshot.up.map(\.member) == [api.me, worker.me])
            #expect(try await registry.members().live.map(\.member) == [api.me, worker.me])
        }
        await client.shutDown()
        await otherClient.shutDown()
    }

    @Test("a Redis that hangs degrades the registry and costs no member")
    func hang() async throws {
        let server = try RedisServer.start()
        let (client, registry) = try redis(server)
        let api = try membership("api@a:1", registry, configuration())
        let events = api.events()
        try await running([api]) {
            _ = try await first(of: events) { $0 == .registryRecovered }
            server.pause()
            _ = try await first(of: events) { $0 == .registryDegraded }
            server.resume()
            #expect(try await first(of: events) { _ in true } == .registryRecovered)
        }
        await client.shutDown()
    }

    @Test("FLUSHALL loses nobody")
    func flush() async throws {
        let server = try RedisServer.start()
        let (client, registry) = try redis(server)
        let api = try membership("api@a:1", registry, configuration())
        let worker = try membership("worker@b:1", registry, configuration())
        let events = api.events()
        try await running([api, worker]) {
            _ = try await first(of: events) { $0 == .joined(worker.me) }
            // Only a fall of the epoch shows that the memory is gone, so it must have been above what follows.
            let keys = try Fixture.required(RegistryKeys(cluster: Fixture.cluster))
            _ = try await client.send(RedisCommand("SET", keys.epoch, "1000"))
            try await eventually("the epoch is seen") { api.snapshot.epoch >= 1000 && worker.snapshot.epoch >= 1000 }
            _ = try await client.send(RedisCommand("FLUSHALL"))
            try await eventually("everybody is registered again") {
                try await registry.members().live.map(\.member) == [api.me, worker.me]
            }
            try await eventually("the registry is healthy again") {
                api.snapshot.epoch < 1000 && api.snapshot.registry.isHealthy
            }
            #expect(api.snapshot.up.map(\.member) == [api.me, worker.me])
            try await worker.leave()
            for await event in events {
                if event == .left(worker.me) { break }
                #expect([.registryDegraded, .registryRecovered].contains(event))
            }
        }
        await client.shutDown()
    }

    @Test("a registry that always fails never ends the run, cancellation does")
    func failures() async throws {
        let registry = CountingRegistry(MemoryRegistry(), failing: true)
        let api = try membership("api@a:1", registry, configuration())
        try await running([api]) {
            try await eventually("it goes on trying") { registry.beats.count >= 5 }
            #expect(!api.snapshot.registry.isHealthy)
        }
    }

    @Test("beats go on while every thread of the cooperative pool is held by busy handlers")
    func blockedPool() async throws {
        let server = try RedisServer.start()
        let (client, inner) = try redis(server)
        let registry = CountingRegistry(inner, failing: false)
        let api = try membership("api@a:1", registry, configuration(interval: .milliseconds(50)))
        // Awaited at the end of this test.
        let running = Task { await api.run() }
        try await eventually("the first beat") { !registry.beats.isEmpty }
        let start = ContinuousClock.now
        let end = start + .seconds(3)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<(ProcessInfo.processInfo.activeProcessorCount * 2) {
                group.addTask { while ContinuousClock.now < end {} }
            }
        }
        let beats = registry.beats.filter { $0 > start && $0 < end }
        // Sixty when nothing else runs on the machine.
        #expect(beats.count >= 10)
        running.cancel()
        await running.value
        await client.shutDown()
    }
}

/// A registry that notes when its beats were answered.
final class CountingRegistry: Registry {
    private struct Failure: Error {}
    private let inner: any Registry
    private let isFailing: Bool
    private let times = Mutex<[ContinuousClock.Instant]>([])

    init(_ inner: any Registry, failing: Bool) {
        self.inner = inner
        isFailing = failing
    }

    var beats: [ContinuousClock.Instant] { times.withLock { $0 } }

    func beat(_ me: Member, report: MemberReport, ttl: Duration) async throws -> RegistryView {
        defer { times.withLock { $0.append(.now) } }
        if isFailing { throw Failure() }
        return try await inner.beat(me, report: report, ttl: ttl)
    }

    func members() async throws -> RegistryView { try await inner.members() }
    func leave(_ me: Member) async throws { try await inner.leave(me) }
    func fence(_ victim: MemberID, by me: Member) async throws { try await inner.fence(victim, by: me) }
    func watch(_ onChange: @escaping @Sendable () -> Void) async throws { try await inner.watch(onChange) }
}
