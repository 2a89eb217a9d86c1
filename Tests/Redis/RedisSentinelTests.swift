import RoostRedis
import RoostTestKit
import Synchronization
import Testing

@Suite("With sentinels, a client", .serialized)
struct RedisSentinelTests {
    private let increment = RedisScript(name: "increment", source: "return redis.call('INCR', KEYS[1])")

    @Test("finds the master from any one of them, follows a failover without being told twice, and subscribes there")
    func failover() async throws {
        let deployment = try await SentinelDeployment(password: "secret", arguments: ["--appendonly", "yes"])
        let first = deployment.servers[0]
        // One sentinel is named, the others are learnt.
        let named = deployment.sentinels[0]
        let url = "redis+sentinel://:secret@127.0.0.1:\(named.port)/\(SentinelDeployment.master)"
        try await withClient(url) { (client) async throws in
            #expect(try await client.evaluate(increment, keys: ["n"], deadline: .seconds(10)).int == 1)
            #expect(client.status.server == "127.0.0.1:\(first.port)")
            let messages = Messages()
            let listening = messages.listen(to: "news", of: client)  // Cancelled and awaited below.
            try await eventually("subscribed") { messages.subscriptions > 0 }
            // Without the sentinel it was told of, a lost connection is made again all the same.
            named.kill()
            let connects = client.status.connects
            try await first.ask("CLIENT", "KILL", "TYPE", "normal")
            try await eventually("connected again") {
                let isThere = (try? await client.send(RedisCommand("PING"), deadline: .seconds(5))) != nil
                return isThere && client.status.connects > connects
            }
            try named.restart()
            first.kill()
            let promoted = try await deployment.promoted(after: first)
            try await eventually("the client writes to the new master") {
                (try? await client.evaluate(increment, keys: ["n"], deadline: .seconds(5)).int) ?? 0 > 1
            }
            #expect(client.status.server == "127.0.0.1:\(promoted.port)")
            try await eventually("the subscription is at the new master") {
                try await promoted.ask("PUBLISH", "news", "hello").int ?? 0 > 0
            }
            try await eventually("a message arrives") { messages.count > 0 }
            listening.cancel()
            await listening.value
        }
        deployment.kill()
    }

    @Test("leaves a master that was replaced while it hangs as soon as the sentinels announce it")
    func hanging() async throws {
        let deployment = try await SentinelDeployment()
        let first = deployment.servers[0]
        try await withClient(deployment.url) { (client) async throws in
            try await client.send(RedisCommand("SET", "a", "1"))
            first.pause()
            // Nobody answers it: it ends when the announcement comes, long before its own deadline.
            let begin = ContinuousClock.now
            let error = await failure { () throws(RedisError) in
                _ = try await client.send(RedisCommand("INCR", "a"), deadline: .seconds(60))
            }
            #expect(error?.code == .connectionLost(maybeApplied: true))
            #expect(ContinuousClock.now - begin < .seconds(45))
            let promoted = try await deployment.promoted(after: first)
            #expect(try await client.send(RedisCommand("GET", "a"), deadline: .seconds(10)).text == "1")
            #expect(client.status.server == "127.0.0.1:\(promoted.port)")
            first.resume()
        }
        deployment.kill()
    }

    @Test("is moved by an orderly failover, and commands the former master refuses are sent to the new one")
    func orderly() async throws {
        let deployment = try await SentinelDeployment()
        let first = deployment.servers[0]
        try await withClient(deployment.url) { (client) async throws in
            try await client.send(RedisCommand("SET", "a", "0"))
            let counts = Counts()
            let working = Task {  // Ended and awaited below.
                while !counts.isOver {
                    let error = await failure { () throws(RedisError) in
                        _ = try await client.send(RedisCommand("INCR", "a"), deadline: .seconds(5))
                    }
                    counts.add(error)
                }
            }
            try await deployment.sentinels[0].ask("SENTINEL", "FAILOVER", SentinelDeployment.master)
            let promoted = try await deployment.promoted(after: first)
            // The sentinels name the new master a moment before the former one is made its replica.
            try await eventually("the client has moved") { client.status.server == "127.0.0.1:\(promoted.port)" }
            let done = counts.done
            try await eventually("work goes on at the new master") { counts.done > done + 100 }
            counts.end()
            await working.value
            #expect(counts.refusals == [])
            let total = try await client.send(RedisCommand("GET", "a")).int ?? 0
            // What was acknowledged by the former master after the switch may be lost; nothing was done twice.
            #expect(total <= Int64(counts.done + counts.unknown))
        }
        deployment.kill()
    }

    @Test("waits for replicas to confirm what it is told to, and says so when they do not")
    func confirmation() async throws {
        let deployment = try await SentinelDeployment(replicas: 1)
        let confirmed = increment.confirmed
        try await withClient(deployment.url + "?wait=1") { (client) async throws in
            let begun = try await client.evaluate(confirmed, keys: ["n"], deadline: .seconds(5))
            #expect(begun.int == 1)
            deployment.servers[1].pause()
            let error = await failure { () throws(RedisError) in
                try await client.evaluate(confirmed, keys: ["n"], deadline: .milliseconds(400))
            }
            #expect(error?.code == .timedOut(maybeApplied: true))
            #expect(try await client.evaluate(increment, keys: ["n"], deadline: .seconds(5)).int == 3)
            deployment.servers[1].resume()
        }
        deployment.kill()
    }

    @Test("that know no such master says so")
    func unknownMaster() async throws {
        let deployment = try await SentinelDeployment(replicas: 0)
        let url = "redis+sentinel://127.0.0.1:\(deployment.sentinels[1].port)/other"
        try await withClient(url) { (client) async throws in
            let error = await failure { () throws(RedisError) in
                _ = try await client.send(RedisCommand("PING"), deadline: .seconds(2))
            }
            #expect(error?.code == .unavailable)
            #expect(error?.message.contains("knows no master other") ?? false, "\(String(describing: error))")
        }
        deployment.kill()
    }

    @Test("has a password for them that is not the servers'")
    func sentinelPassword() async throws {
        let server = try RedisServer.start(password: "server")
        let sentinel = try RedisServer.start(
            password: "sentinel", arguments: ["--sentinel"],
            file: "sentinel monitor m 127.0.0.1 \(server.port) 1\nsentinel auth-pass m server\n")
        let url = "redis+sentinel://:server@127.0.0.1:\(sentinel.port)/m"
        try await withClient(url + "?sentinel-password=sentinel") { (client) async throws in
            #expect(try await client.send(RedisCommand("PING"), deadline: .seconds(10)) == .status("PONG"))
        }
        for wrong in [url, url + "?sentinel-password=server"] {
            try await withClient(wrong) { (client) async throws in
                let error = await failure { () throws(RedisError) in
                    _ = try await client.send(RedisCommand("PING"), deadline: .seconds(2))
                }
                #expect(error?.code == .unavailable)
                let message = error?.message ?? ""
                #expect(message.contains("NOAUTH") || message.contains("WRONGPASS"), "\(message)")
            }
        }
        sentinel.kill()
    }
}

/// What became of commands during a change of servers.
final class Counts: Sendable {
    private struct State {
        var done = 0
        var unknown = 0
        var refusals: [String] = []
        var isOver = false
    }

    private let state = Mutex(State())

    var done: Int { state.withLock { $0.done } }
    var unknown: Int { state.withLock { $0.unknown } }
    /// Errors of servers that callers were told of.
    var refusals: [String] { state.withLock { $0.refusals } }
    var isOver: Bool { state.withLock { $0.isOver } }

    func end() { state.withLock { $0.isOver = true } }

    func add(_ error: RedisError?) {
        state.withLock { state in
            guard let error else { return state.done += 1 }
            if error.maybeApplied { state.unknown += 1 }
            if let reply = error.serverError { state.refusals.append(reply.description) }
        }
    }
}
