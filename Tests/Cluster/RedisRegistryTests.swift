import RoostRedis
import RoostTestKit
import Testing

@testable import RoostCluster

@Suite("Registry in Redis")
struct RedisRegistryTests {
    private let server: RedisServer
    private let client: RedisClient
    private let registry: RedisRegistry
    private let ttl = Duration.seconds(60)

    init() throws {
        server = try RedisServer.start()
        client = try Fixture.client(server)
        registry = try Fixture.required(RedisRegistry(cluster: Fixture.cluster, client: client))
    }

    private func hashes(_ field: String, identity: String, report: String = "{}", score: String? = nil) async throws {
        let keys = try Fixture.required(RegistryKeys(cluster: Fixture.cluster))
        let now = try await registry.members().clock
        _ = try await client.send(RedisCommand("ZADD", keys.expiries, score ?? "\(now + 60_000)", field))
        _ = try await client.send(RedisCommand("HSET", keys.identities, field, identity))
        _ = try await client.send(RedisCommand("HSET", keys.reports, field, report))
    }

    private func identity(_ name: String, incarnation: String = "0000000000000001", more: String = "") -> String {
        """
        {"format":1,"incarnation":"\(incarnation)","name":"\(name)","roles":["worker"],"started":1,"ttl":15000,\
        "version":"1"\(more)}
        """
    }

    @Test("all keys share one hash tag")
    func keys() throws {
        let keys = try Fixture.required(RegistryKeys(cluster: "prod"))
        #expect((keys.all + [keys.changes]).allSatisfy { $0.hasPrefix("{prod}:m") })
        for name in ["", "a b", "a}b", "{", "é", String(repeating: "x", count: 65)] {
            #expect(RegistryKeys(cluster: name) == nil)
            #expect(RedisRegistry(cluster: name, client: client) == nil)
        }
    }

    @Test("forged entries are skipped and counted, and the honest ones are still seen")
    func forgeries() async throws {
        let worker = try Fixture.member("worker@b:1")
        _ = try await registry.beat(worker, report: MemberReport(), ttl: ttl)
        let deep = String(repeating: "[", count: 5000)
        let forged: [(String, String, String)] = [
            ("worker@x:1", "not JSON", "{}"),
            ("worker@x:2", "{}", "{}"),
            ("worker@x:3", identity("worker@other:3"), "{}"),
            ("boss@x:4", identity("boss@x:4"), "{}"),
            ("worker@x:99999", identity("worker@x:99999"), "{}"),
            ("worker@x:6", identity("worker@x:6"), "[]"),
            ("worker@x:7", identity("worker@x:7"), "{\"slots\":-1}"),
            ("worker@x:8", identity("worker@x:8"), "{\"slots\":1e99}"),
            ("worker@x:9", identity("worker@x:9"), "{\"httpAddress\":\"\\u001b[2J\"}"),
            ("worker@x:10", identity("worker@x:10"), deep),
            ("worker@x:11", deep, "{}"),
            ("worker@x:12", identity("worker@x:12", incarnation: "12"), "{}"),
            ("worker@x:13", identity("worker@x:13").replacing("\"format\":1", with: "\"format\":2"), "{}"),
            ("worker@x:14", identity("worker@x:14").replacing("15000", with: "9223372036854775807"), "{}"),
            ("worker@x:15", identity("worker@x:15").replacing("15000", with: "-1"), "{}"),
            ("worker@\u{1B}[31m:16", identity("worker@\\u001b[31m:16"), "{}"),
            ("worker@x:17", identity("worker@x:17"), String(repeating: " ", count: 20_000)),
            (String(repeating: "n", count: 20_000), identity("worker@x:18"), "{}"),
        ]
        for (field, identity, report) in forged { try await hashes(field, identity: identity, report: report) }
        try await hashes("worker@y:1", identity: identity("worker@y:1", more: ",\"extra\":[1]"), report: "{\"new\":1}")
        let view = try await registry.members()
        #expect(view.live.map(\.member.name.description) == ["worker@b:1", "worker@y:1"])
        #expect(view.skipped == forged.count)
    }

    @Test("an entry that claims to live for ever is removed by the next beat", arguments: ["inf", "9e15"])
    func immortality(score: String) async throws {
        try await hashes("worker@x:1", identity: identity("worker@x:1"), score: score)
        #expect(try await registry.members().entries.isEmpty)
        let worker = try Fixture.member("worker@b:1")
        _ = try await registry.beat(worker, report: MemberReport(), ttl: ttl)
        let keys = try Fixture.required(RegistryKeys(cluster: Fixture.cluster))
        #expect(try await client.send(RedisCommand("ZCARD", keys.expiries)).int == 1)
        #expect(try await client.send(RedisCommand("HLEN", keys.identities)).int == 1)
    }

    @Test("entries that expired more than the retention ago are removed from every key")
    func retention() async throws {
        try await hashes("worker@x:1", identity: identity("worker@x:1"), score: "1000")
        _ = try await registry.beat(try Fixture.member("worker@b:1"), report: MemberReport(), ttl: ttl)
        let keys = try Fixture.required(RegistryKeys(cluster: Fixture.cluster))
        #expect(try await client.send(RedisCommand("HLEN", keys.reports)).int == 1)
    }

    @Test("a key of the wrong type makes a beat fail, not the process")
    func wrongType() async throws {
        let keys = try Fixture.required(RegistryKeys(cluster: Fixture.cluster))
        _ = try await client.send(RedisCommand("SET", keys.expiries, "x"))
        await #expect(throws: (any Error).self) {
            try await registry.beat(try Fixture.member("worker@b:1"), report: MemberReport(), ttl: ttl)
        }
    }

    @Test("FLUSHALL is healed by the next beat of each member")
    func flush() async throws {
        let (api, worker) = (try Fixture.member("api@a:1"), try Fixture.member("worker@b:1"))
        for member in [api, worker] { _ = try await registry.beat(member, report: MemberReport(), ttl: ttl) }
        _ = try await client.send(RedisCommand("FLUSHALL"))
        _ = try await client.send(RedisCommand("SCRIPT", "FLUSH"))
        #expect(try await registry.beat(api, report: MemberReport(), ttl: ttl).live.map(\.member) == [api])
        #expect(try await registry.beat(worker, report: MemberReport(), ttl: ttl).live.map(\.member) == [api, worker])
    }

    @Test("a view never holds more members than configured, the freshest first")
    func limit() async throws {
        var configuration = RedisRegistry.Configuration()
        configuration.mostMembers = 2
        let small = try Fixture.required(
            RedisRegistry(cluster: Fixture.cluster, client: client, configuration: configuration))
        for port in 1...4 {
            let member = try Fixture.member("worker@b:\(port)")
            _ = try await small.beat(member, report: MemberReport(), ttl: .seconds(port * 100))
        }
        #expect(try await small.members().live.map(\.member.meshPort) == [3, 4])
    }
}
