import RoostRedis
import RoostTestKit
import Testing

@Suite("How commands are sent and replies awaited")
struct RedisDeliveryTests {
    private static let increment = RedisScript(name: "increment", source: "return redis.call('INCR', KEYS[1])")

    @Test("what is sent from a command's place in the queue comes right behind it")
    func behind() async throws {
        let server = try RedisServer.start()
        try await withClient(server.url) { (client) async throws in
            try await client.evaluate(Self.increment, keys: ["n"])
            var replies: [Int64?] = []
            let (seen, sees) = AsyncStream.makeStream(of: Int64?.self)
            // Others send meanwhile, but not between the two.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask { () async throws in
                        for _ in 0..<50 { try await client.send(RedisCommand("GET", "n"), deadline: .seconds(30)) }
                    }
                }
                for _ in 0..<100 {
                    let delivery = RedisDelivery(onQueued: {
                        client.send(RedisCommand("GET", "n"), deadline: .seconds(30)) { result in
                            sees.yield((try? result.get())?.text.flatMap { Int64($0) })
                        }
                    })
                    let reply = try await client.evaluate(
                        Self.increment, keys: ["n"], deadline: .seconds(30), delivery: delivery)
                    replies.append(reply.int)
                }
                try await group.waitForAll()
            }
            // Each is answered before what is sent after it.
            try await client.send(RedisCommand("PING"), deadline: .seconds(30))
            sees.finish()
            var numbers: [Int64?] = []
            for await number in seen { numbers.append(number) }
            #expect(numbers == replies)
            #expect(numbers.count == 100)
        }
    }

    @Test("a reply that outlives its task's cancellation is awaited")
    func outlivesCancel() async throws {
        let server = try RedisServer.start()
        try await withClient(server.url) { (client) async throws in
            try await client.evaluate(Self.increment, keys: ["n"])
            try await server.ask("CLIENT", "PAUSE", "60000", "WRITE")
            let (queued, isQueued) = AsyncStream.makeStream(of: Void.self)
            let task = Task { () async throws -> Int64? in
                let delivery = RedisDelivery(outlivesCancel: true, onQueued: { isQueued.yield() })
                return try await client.evaluate(
                    Self.increment, keys: ["n"], deadline: .seconds(30), delivery: delivery
                ).int
            }
            for await _ in queued { break }
            task.cancel()
            try await server.ask("CLIENT", "UNPAUSE")
            #expect(try await task.value == 2)
        }
    }

    @Test("a completion hears a server's error, a reply and the client's end, each once")
    func completions() async throws {
        let server = try RedisServer.start()
        let (ends, end) = AsyncStream.makeStream(of: Result<RedisValue, RedisError>.self)
        try await withClient(server.url) { (client) async throws in
            try await client.send(RedisCommand("SET", "text", "x"))
            client.send(RedisCommand("INCR", "text")) { end.yield($0) }
            client.send(RedisCommand("GET", "text")) { end.yield($0) }
            var replies = ends.makeAsyncIterator()
            let refused = await replies.next()
            #expect(throws: RedisError.self) { try refused?.get() }
            #expect(try await replies.next()?.get().text == "x")
            client.send(RedisCommand("BLPOP", "nothing", "0"), deadline: .seconds(30)) { end.yield($0) }
            try await eventually("it has arrived") {
                try await server.ask("INFO", "clients").text?.contains("blocked_clients:1") ?? false
            }
            await client.shutDown()
            client.send(RedisCommand("GET", "text")) { end.yield($0) }
        }
        end.finish()
        var rest: [RedisError.Code?] = []
        for await result in ends {
            if case .failure(let error) = result { rest.append(error.code) } else { rest.append(nil) }
        }
        #expect(rest == [.connectionLost(maybeApplied: true), .shutDown])
    }
}
