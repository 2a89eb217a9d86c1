import RoostRedis
import RoostTestKit
import Testing

@Suite("A subscription")
struct RedisSubscriptionTests {
    /// What a subscription tells the test, in order.
    private enum Signal: Sendable, Equatable {
        case subscribed
        case message(String, String)
        case ended(RedisError.Code?)
    }

    private func subscribe(
        _ client: RedisClient, _ channels: [String]
    ) -> (task: Task<Void, Never>, signals: AsyncStream<Signal>.Iterator) {
        let (stream, continuation) = AsyncStream.makeStream(of: Signal.self)
        let task = Task {  // Ends when the test ends the subscription; awaited through its last signal.
            let error = await failure { () throws(RedisError) in
                try await client.subscribe(to: channels) {
                    continuation.yield(.subscribed)
                } onMessage: { channel, payload in
                    continuation.yield(.message(channel, String(decoding: payload, as: UTF8.self)))
                }
            }
            continuation.yield(.ended(error?.code))
        }
        return (task, stream.makeAsyncIterator())
    }

    @Test("receives messages of its channels and returns when cancelled")
    func messages() async throws {
        let server = try RedisServer.start(password: "secret")
        try await withClient(server.url) { (client) async throws in
            var (task, signals) = subscribe(client, ["a", "b"])
            #expect(await signals.next() == .subscribed)
            for (channel, text) in [("a", "one"), ("c", "not mine"), ("b", "two"), ("a", "")] {
                try await client.send(RedisCommand("PUBLISH", channel, text))
            }
            for (channel, text) in [("a", "one"), ("b", "two"), ("a", "")] {
                #expect(await signals.next() == .message(channel, text))
            }
            task.cancel()
            #expect(await signals.next() == .ended(nil))
        }
    }

    @Test("throws when its server dies, hangs or was never there, and when the client is shut down")
    func ends() async throws {
        let server = try RedisServer.start()
        let impatient = { (configuration: inout RedisConfiguration) in
            configuration.subscriptionPingInterval = .milliseconds(100)
        }
        try await withClient(server.url, change: impatient) { (client) async throws in
            var (_, signals) = subscribe(client, ["a"])
            #expect(await signals.next() == .subscribed)
            server.kill()
            #expect(await signals.next() == .ended(.connectionLost(maybeApplied: false)))
            (_, signals) = subscribe(client, ["a"])
            #expect(await signals.next() == .ended(.unavailable))
            try server.restart()
            (_, signals) = subscribe(client, ["a"])
            #expect(await signals.next() == .subscribed)
            server.pause()
            #expect(await signals.next() == .ended(.timedOut(maybeApplied: false)))
            server.resume()
            (_, signals) = subscribe(client, ["a"])
            #expect(await signals.next() == .subscribed)
            await client.shutDown()
            #expect(await signals.next() == .ended(.shutDown))
            (_, signals) = subscribe(client, ["a"])
            #expect(await signals.next() == .ended(.shutDown))
            (_, signals) = subscribe(client, [])
            #expect(await signals.next() == .ended(.configuration))
        }
    }
}
