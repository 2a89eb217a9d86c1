import RoostJobs
import RoostRedis
import RoostStores
import RoostTestKit
import Testing

/// How documents, logs and meters lie in Redis, and what a later format or a full server does.
@Suite(.serialized) struct RedisDocumentTests {
    @Test("documents, logs and meters lie where the layout says")
    func layout() async throws {
        try await RedisCase.run { place async throws in
            let store = place.store
            #expect(try await store.putDocument("a", in: "c", body: Array("{}".utf8), replacing: 0) == 1)
            #expect(try await store.putDocument("a", in: "c", body: Array("[1 2]".utf8), replacing: 1) == 2)
            #expect(try await place.redis("HGET $docs:c a").text == "1 2 [1 2]")
            try await store.append(Array("x".utf8), to: "l", keeping: 2)
            let entry = try #require(try await store.entries(of: "l", before: nil, limit: 1).first)
            #expect(entry.position == entry.at.microseconds)
            let raw = try await place.redis("XRANGE $log:l - +").elements?.first?.elements
            #expect(raw?.first?.text == "\(entry.position)-0")
            #expect(raw?.last?.elements?.map(\.text) == ["at", "\(entry.at.microseconds)", "body", "x"])
            let answer = try await store.spend(3, of: "m", limit: 5, period: .seconds(60))
            let meter = try #require(try await place.redis("GET $meter:60000000:m").text)
            let parts = meter.split(separator: " ").compactMap { Int64($0) }
            #expect(parts.count == 3 && parts[0] == 1 && parts[1] % 60_000_000 == 0 && parts[2] == 3)
            let left = try #require(try await place.count("PTTL $meter:60000000:m"))
            #expect(left > 0 && left <= answer.resetsIn.clampedMilliseconds + 1)
            #expect(try await store.removeDocument("a", in: "c"))
            #expect(try await place.count("EXISTS $docs:c") == 0)
        }
    }

    @Test("a refusal and a question write nothing")
    func reads() async throws {
        try await RedisCase.run { place async throws in
            #expect(try await !place.store.spend(6, of: "m", limit: 5, period: .seconds(60)).isGranted)
            #expect(try await place.store.spend(0, of: "m", limit: 5, period: .seconds(60)).remaining == 5)
            #expect(try await place.store.putDocument("a", in: "c", body: [], replacing: 3) == nil)
            #expect(try await place.count("DBSIZE") == 0)
        }
    }

    @Test("a meter stays in the window it had reached when the clock steps back, and leaves one that never was")
    func stepBack() async throws {
        try await RedisCase.run { place async throws in
            let period: Int64 = 86_400_000_000
            let key = "$meter:\(period):m"
            let now = try #require(try await place.redis("TIME").elements?.first?.int) * 1_000_000
            let current = now - now % period
            func remaining(start: Int64) async throws -> (Int, Duration) {
                try await place.redis("SET \(key) 1~\(start)~4")
                let answer = try await place.store.spend(0, of: "m", limit: 5, period: .microseconds(period))
                return (answer.remaining, answer.resetsIn)
            }
            #expect(try await remaining(start: current - period).0 == 5)
            #expect(try await remaining(start: current).0 == 1)
            let ahead = try await remaining(start: current + period)
            #expect(ahead.0 == 1 && ahead.1 > .microseconds(period))
            #expect(try await remaining(start: current + 2 * period).0 == 5)
            try await place.redis("SET \(key) rubbish")
            #expect(try await place.store.spend(1, of: "m", limit: 5, period: .microseconds(period)).remaining == 4)
        }
    }

    @Test("a log's positions grow though the clock steps back")
    func logStepBack() async throws {
        try await RedisCase.run { place async throws in
            let future: Int64 = 7_000_000_000_000_000
            try await place.redis("XADD $log:l \(future)-0 at \(future) body x")
            for _ in 0..<3 { try await place.store.append([0x79], to: "l", keeping: 3) }
            let entries = try await place.store.entries(of: "l", before: nil, limit: 10)
            #expect(entries.map(\.position) == [future + 3, future + 2, future + 1])
            #expect(entries.allSatisfy { $0.at.microseconds < future })
        }
    }

    @Test("a document of a later format is not read and not written over")
    func laterFormat() async throws {
        try await RedisCase.run { place async throws in
            try await place.redis("HSET $docs:c a 2~1~x")
            let clock = StoreClock()
            await clock.expect(.corrupt) { _ = try await place.store.document("a", in: "c") }
            await clock.expect(.corrupt) { _ = try await place.store.documents(in: "c") }
            for version in [0, 1] {
                await clock.expect(.corrupt) {
                    _ = try await place.store.putDocument("a", in: "c", body: [], replacing: version)
                }
            }
            #expect(try await place.redis("HGET $docs:c a").text == "2 1 x")
        }
    }

    @Test("a full collection takes changes and no new document")
    func fullCollection() async throws {
        try await RedisCase.run { place async throws in
            var command = RedisCommand("HSET", "{roost}:docs:c")
            for number in 0..<Document.mostInCollection {
                command.append("d\(number)")
                command.append("1 1 x")
            }
            _ = try await place.client.send(command)
            let store = place.store
            await StoreClock().expect(.invalid) {
                _ = try await store.putDocument("more", in: "c", body: [], replacing: 0)
            }
            #expect(try await store.putDocument("d7", in: "c", body: [9], replacing: 1) == 2)
            #expect(try await store.documents(in: "c").count == Document.mostInCollection)
            #expect(try await store.removeDocument("d7", in: "c"))
            #expect(try await store.putDocument("more", in: "c", body: [], replacing: 0) == 1)
        }
    }

    @Test("a server that is full refuses what adds and answers what reads")
    func fullServer() async throws {
        try await RedisCase.run { place async throws in
            let store = place.store
            _ = try await store.putDocument("a", in: "c", body: [1], replacing: 0)
            try await store.append([1], to: "l", keeping: 5)
            try await place.redis("CONFIG SET maxmemory 1")
            let clock = StoreClock()
            await clock.expect(.unavailable) { _ = try await store.putDocument("a", in: "c", body: [2], replacing: 1) }
            await clock.expect(.unavailable) { try await store.append([2], to: "l", keeping: 5) }
            await clock.expect(.unavailable) { _ = try await store.spend(1, of: "m", limit: 5, period: .seconds(60)) }
            #expect(try await store.documents(in: "c").map(\.body) == [[1]])
            #expect(try await store.entries(of: "l", before: nil, limit: 5).count == 1)
            #expect(try await store.removeDocument("a", in: "c"))
        }
    }
}
