import RoostRedis
import RoostTestKit
import Testing

@Suite("When Redis fails, a client")
struct RedisOutageTests {
    private let ping = RedisCommand("PING")

    private func failureOfPing(_ client: RedisClient, _ deadline: Duration) async -> RedisError? {
        await failure { () throws(RedisError) in _ = try await client.send(ping, deadline: deadline) }
    }

    /// A connection may die under a command that was just sent; the next one then waits for the new connection.
    private func recovers(_ client: RedisClient) async throws {
        for _ in 0..<3 {
            guard let error = await failureOfPing(client, .seconds(20)) else { return }
            #expect(error.maybeApplied, "\(error)")
        }
        Issue.record("no recovery")
    }

    @Test("fails commands as unavailable within their deadline, and goes on by itself after a restart")
    func restart() async throws {
        let server = try RedisServer.start()
        try await withClient(server.url) { (client) async throws in
            try await client.send(ping)
            server.kill()
            _ = await failureOfPing(client, .milliseconds(200))
            let begin = ContinuousClock.now
            #expect(await failureOfPing(client, .milliseconds(300))?.code == .unavailable)
            #expect(ContinuousClock.now - begin < .seconds(30))
            #expect(client.status.lastError != nil)
            try server.restart()
            #expect(await failureOfPing(client, .seconds(20)) == nil)
            #expect(client.status.connects == 2)
            #expect(client.status.lastError == nil)
        }
    }

    @Test("is refused at first and serves the waiting command once the server is there")
    func lateServer() async throws {
        let server = try RedisServer.start()
        server.stop()
        try await withClient(server.url) { (client) async throws in
            async let waiting = client.send(ping, deadline: .seconds(20))
            try server.restart()
            #expect(try await waiting == .status("PONG"))
        }
    }

    @Test("times out against a hung server and resumes when it wakes")
    func hung() async throws {
        let server = try RedisServer.start()
        try await withClient(server.url) { (client) async throws in
            try await client.send(ping)
            server.pause()
            #expect(await failureOfPing(client, .milliseconds(200))?.code == .timedOut(maybeApplied: true))
            #expect(await failureOfPing(client, .milliseconds(200))?.code == .unavailable)
            server.resume()
            #expect(await failureOfPing(client, .seconds(20)) == nil)
        }
    }

    @Test("reconnects after CLIENT KILL")
    func clientKill() async throws {
        let server = try RedisServer.start()
        try await withClient(server.url) { (client) async throws in
            try await client.send(ping)
            try await withClient(server.url) { (admin) async throws in
                try await admin.send(RedisCommand("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"))
            }
            try await recovers(client)
            #expect(client.status.connects == 2)
        }
    }

    @Test("resumes a cancelled caller at once, and still gives later callers their own replies")
    func cancellation() async throws {
        let server = try RedisServer.start()
        try await withClient(server.url) { (client) async throws in
            let blocking = client.dedicated(name: "blocking")
            let read = Task {  // Awaited below.
                await failure { () throws(RedisError) in
                    _ = try await blocking.send(RedisCommand("BLPOP", "list", "30"), deadline: .seconds(31))
                }
            }
            try await eventually("the server blocks on the list") {
                let info = try await client.send(RedisCommand("INFO", "clients"))
                return info.text?.contains("blocked_clients:1") ?? false
            }
            read.cancel()
            #expect(await read.value?.code == .cancelled(maybeApplied: true))
            try await client.send(RedisCommand("RPUSH", "list", "late"))
            #expect(try await blocking.send(RedisCommand("ECHO", "mine"), deadline: .seconds(20)).text == "mine")
            await blocking.shutDown()
        }
    }

    @Test("sends nothing for a task that is cancelled already")
    func cancelledBefore() async throws {
        let server = try RedisServer.start()
        try await withClient(server.url) { (client) async throws in
            let task = Task {  // Awaited below.
                withUnsafeCurrentTask { $0?.cancel() }
                return await failure { () throws(RedisError) in _ = try await client.send(RedisCommand("INCR", "n")) }
            }
            #expect(await task.value?.code == .cancelled(maybeApplied: false))
            #expect(try await client.send(RedisCommand("GET", "n")).isNull)
        }
    }

    @Test("takes a server that loads its data as not connected yet")
    func loading() async throws {
        let server = try await FakeServer.start { connection, _, _ in
            connection < 3 ? "-LOADING Redis is loading the dataset in memory\r\n" : "+PONG\r\n"
        }
        try await withClient(server.url) { (client) async throws in
            #expect(try await client.send(ping, deadline: .seconds(20)) == .status("PONG"))
            #expect(client.status.connects == 1)
        }
    }

    @Test(
        "reports nonsense as a protocol violation and connects again",
        arguments: ["hello\r\n", "*2147483647\r\n", "+OK\r\n+more\r\n", "\0\0\0\0\n", "*-5\r\n"])
    func nonsense(reply: String) async throws {
        let server = try await FakeServer.start { connection, chunk, _ in
            connection == 1 && chunk == 2 ? reply : "+PONG\r\n"
        }
        try await withClient(server.url) { (client) async throws in
            let error = await failureOfPing(client, .seconds(20))
            if reply.hasPrefix("+OK") { #expect(error == nil) } else { #expect(error?.code == .protocolViolation) }
            try await recovers(client)
            #expect(client.status.connects == 2)
        }
    }

    @Test("that meets a read-only server reports it and looks for the writable one")
    func readOnly() async throws {
        let server = try await FakeServer.start { connection, chunk, _ in
            connection == 1 && chunk == 2 ? "-READONLY You can't write against a read only replica.\r\n" : "+PONG\r\n"
        }
        try await withClient(server.url) { (client) async throws in
            #expect(await failureOfPing(client, .seconds(20))?.serverError?.code == "READONLY")
            #expect(await failureOfPing(client, .seconds(20)) == nil)
            #expect(client.status.connects == 2)
        }
    }

    @Test("whose server hangs up says whether the command may have been applied")
    func hangsUp() async throws {
        let server = try await FakeServer.start { connection, chunk, _ in
            connection == 1 && chunk == 2 ? nil : "+PONG\r\n"
        }
        try await withClient(server.url) { (client) async throws in
            #expect(await failureOfPing(client, .seconds(20))?.code == .connectionLost(maybeApplied: true))
            #expect(await failureOfPing(client, .seconds(20)) == nil)
        }
    }
}
