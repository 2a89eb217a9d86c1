import FoundationEssentials
import RoostJobs
import RoostRedis
import RoostStores
import RoostTestKit
import Testing

/// The scripts of a release that is out there, as it sends them: beside this release, on the same keys.
struct ReleasedScripts {
    let client: RedisClient
    let base: String
    /// Where the scripts are.
    private static let folder = "\(#filePath)".replacing("RedisReleaseTests.swift", with: "Fixtures/release-1/")

    func call(_ name: String, _ arguments: [String]) async throws -> RedisValue {
        let source = try String(contentsOf: URL(filePath: "\(Self.folder)\(name).lua"), encoding: .utf8)
        var command = RedisCommand("EVAL", source, "1", base)
        for argument in arguments { command.append(argument) }
        return try await client.send(command)
    }

    func enqueue(_ id: JobID, type: String = "t", when: String = "", key: String = "-") async throws {
        let defaults = ["3", "300000000 3600000000", "{\"from\":1}"]
        _ = try await call("enqueue", [id.description, "q", type, "5", when, key] + defaults)
    }

    /// The id, token and payload line of one claimed job.
    func claim(_ worker: String, lease: String = "60000000") async throws -> (id: JobID, token: String)? {
        let reply = try await call("claim", [worker, "1", lease, "1", "q", "-1"]).elements ?? []
        guard reply.count == 4, let id = reply[0].text.flatMap({ JobID($0) }) else { return nil }
        let state = reply[2].text?.split(separator: " ") ?? []
        return state.count == 11 ? (id, String(state[4])) : nil
    }

    func settle(_ claim: (id: JobID, token: String), _ outcome: String, _ bytes: String) async throws -> Int64? {
        let fields = [claim.id.description, claim.token, outcome, "q", "5", "t", "3600000000", bytes]
        return try await call("settle", fields).elements?.first?.int
    }
}

@Suite("A store of the first release")
struct RedisReleaseTests {
    private func withBoth(_ body: (RedisStreamStore, ReleasedScripts) async throws -> Void) async throws {
        try await RedisCase.run { redis in
            try await body(redis.store, ReleasedScripts(client: redis.client, base: "{roost}:"))
        }
    }

    @Test("is read, run, settled and pruned by this one")
    func readAndWritten() async throws {
        try await withBoth { store, old in
            let ids = (0..<4).map { _ in JobIDGenerator.shared.next() }
            try await old.enqueue(ids[0])
            try await old.enqueue(ids[1], key: "=k")
            try await old.enqueue(ids[2], when: "+1000")
            try await old.enqueue(ids[3])
            #expect(try await store.record(ids[0]).payload == Array("{\"from\":1}".utf8))
            #expect(try await store.job(uniqueKey: "k")?.id == ids[1])
            try await StoreClock().promoted(store)
            let claims = try await store.claims(10)
            #expect(Set(claims.map(\.job.id)) == Set(ids))
            for claim in claims.dropLast() { _ = try await store.settle(claim.ticket, .done) }
            _ = try await store.settle(try #require(claims.last).ticket, .failed(error: "x"))
            #expect(try await store.counts()[.done] == 3)
            #expect(try await store.check(repair: false).findings == [])
        }
    }

    @Test("runs beside this one: what either accepts, the other may run")
    func sideBySide() async throws {
        try await withBoth { store, old in
            var done = 0
            for round in 0..<20 {
                let id = JobIDGenerator.shared.next()
                if round % 2 == 0 {
                    try await old.enqueue(id)
                } else {
                    _ = try await store.enqueue([NewJob(id: id, type: "t", queue: "q", payload: [])])
                }
                if round % 4 < 2 {
                    let claim = try #require(try await old.claim("old#1"))
                    #expect(try await old.settle(claim, "d", "{}") == 1)
                    #expect(try await store.record(claim.id).state == .done)
                } else {
                    try await store.attempt(.done)
                }
                done += 1
                #expect(try await store.counts()[.done] == done)
            }
            #expect(try await store.check(repair: false).findings == [])
        }
    }

    @Test("and its claims are fenced and rescued alike")
    func fenced() async throws {
        try await withBoth { store, old in
            let id = JobIDGenerator.shared.next()
            try await old.enqueue(id)
            let lost = try #require(try await old.claim("old#1", lease: "1"))
            #expect(try await StoreClock().reclaimed(store).requeued == [id])
            let mine = try await store.claim1()
            #expect(try await old.settle(lost, "d", "{}") == 0)
            #expect(try await store.settle(mine.ticket, .done) == .settled)
            #expect(try await store.notes(id)?.failures.map(\.worker) == ["old#1"])
        }
    }

    @Test("passes over jobs of a later format, which wait for a node that knows it")
    func laterFormat() async throws {
        try await withBoth { store, old in
            try await store.enqueue1 { $0.tags = ["new"] }
            let plain = JobIDGenerator.shared.next()
            try await old.enqueue(plain)
            // The old release hands the record on as it is and its reader refuses it; nothing is lost by that.
            let claims = try await store.claims(10)
            #expect(claims.count == 2)
            #expect(claims.contains { $0.job.tags == ["new"] })
        }
    }
}
