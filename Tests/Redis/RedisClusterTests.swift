import RoostRedis
import RoostTestKit
import Testing

@Suite("With a Redis Cluster, a client", .serialized)
struct RedisClusterTests {
    private let key = "{roost}:n"
    /// As the store's: it names a key that never exists, and uses others of its slot.
    private let increment = RedisScript(
        name: "increment",
        source: """
            redis.call('SET', KEYS[1] .. 'last:' .. ARGV[1], '1')
            return redis.call('INCR', KEYS[1] .. 'n')
            """)

    private func withClient<Result>(
        _ deployment: ClusterDeployment, _ body: (RedisClient) async throws -> Result
    ) async throws {
        try await RedisTests.withClient(deployment.url, change: { $0.clusterKey = "{roost}" }) {
            (client) async throws in
            try await body(client)
        }
    }

    private func count(_ client: RedisClient, _ argument: Int) async throws(RedisError) -> Int64? {
        try await client.evaluate(increment, keys: ["{roost}:"], deadline: .seconds(15)) { $0.append(argument) }.int
    }

    @Test("finds the owner of its slot from any node, refuses other slots' keys, and follows when the owner dies")
    func failover() async throws {
        let deployment = try await ClusterDeployment()
        let owner = try #require(try await deployment.owner(of: key))
        try await withClient(deployment) { client in
            #expect(try await count(client, 1) == 1)
            #expect(client.status.server == "127.0.0.1:\(owner.port)")
            let foreign = await failure { () throws(RedisError) in
                _ = try await client.send(RedisCommand("GET", "{elsewhere}"))
            }
            #expect(foreign?.serverError?.code == "MOVED")
            #expect(try await count(client, 2) == 2)
            #expect(client.status.connects == 1)
            let other = client.dedicated(name: "other", key: "{elsewhere}")
            #expect(
                try await other.send(RedisCommand("SET", "{elsewhere}", "1"), deadline: .seconds(5)) == .status("OK"))
            await other.shutDown()
            let messages = Messages()
            let listening = messages.listen(to: "news", of: client)  // Cancelled and awaited below.
            try await eventually("subscribed") { messages.subscriptions > 0 }
            owner.kill()
            let promoted = try await deployment.promoted(after: owner, for: key)
            try await eventually("work goes on") { (try? await count(client, 3)) ?? 0 > 2 }
            #expect(client.status.server == "127.0.0.1:\(promoted.port)")
            // Published anywhere, it is heard everywhere.
            try await eventually("a message arrives") {
                for node in deployment.nodes where node.pid != nil { try await node.ask("PUBLISH", "news", "hello") }
                return messages.count > 0
            }
            listening.cancel()
            await listening.value
        }
        deployment.kill()
    }

    @Test("does nothing by halves while its slot moves under load, and goes on at the new owner")
    func migration() async throws {
        let deployment = try await ClusterDeployment()
        let owner = try #require(try await deployment.owner(of: key))
        try await withClient(deployment) { client in
            for number in 1...200 { _ = try await count(client, number) }
            let counts = Counts()
            let working = Task {  // Ended and awaited below.
                var number = 1000
                while !counts.isOver {
                    number += 1
                    let argument = number
                    counts.add(await failure { () throws(RedisError) in _ = try await count(client, argument) })
                }
            }
            try await eventually("work is under way") { counts.done > 100 }
            let moved = try await deployment.move(slotOf: key, from: owner) {
                // A slot that is on its way is refused by name, not served in halves.
                let refusals = counts.refusals.count
                try await eventually("calls are refused meanwhile") { counts.refusals.count > refusals }
            }
            let done = counts.done
            try await eventually("work goes on at the new owner") { counts.done > done + 100 }
            counts.end()
            await working.value
            #expect(client.status.server == "127.0.0.1:\(moved.port)")
            #expect(Set(counts.refusals.map { $0.prefix(3) }) == ["ASK"])
            #expect(counts.unknown == 0)
            let total = try await client.send(RedisCommand("GET", key)).int ?? 0
            #expect(total == Int64(200 + counts.done))
            let slot = try await moved.ask("CLUSTER", "KEYSLOT", key).int ?? 0
            let keys = try await moved.ask("CLUSTER", "COUNTKEYSINSLOT", "\(slot)").int
            #expect(keys == Int64(200 + counts.done + 1))
        }
        deployment.kill()
    }
}

extension ClusterDeployment {
    /// Moves a slot as `redis-cli --cluster reshard` does; `middle` runs when half of its keys are there.
    fileprivate func move(
        slotOf key: String, from owner: RedisServer, middle: () async throws -> Void
    ) async throws -> RedisServer {
        let slot = "\(try await owner.ask("CLUSTER", "KEYSLOT", key).int ?? 0)"
        let masters = nodes.prefix(3)
        let target = try #require(masters.first { $0.port != owner.port })
        let from = try await owner.ask("CLUSTER", "MYID").text ?? ""
        let to = try await target.ask("CLUSTER", "MYID").text ?? ""
        try await target.ask("CLUSTER", "SETSLOT", slot, "IMPORTING", from)
        try await owner.ask("CLUSTER", "SETSLOT", slot, "MIGRATING", to)
        for step in 0... {
            let keys = try await owner.ask("CLUSTER", "GETKEYSINSLOT", slot, "100").elements ?? []
            if keys.isEmpty { break }
            var migrate = RedisCommand("MIGRATE", "127.0.0.1", "\(target.port)", "", "0", "5000", "KEYS")
            for key in keys.compactMap(\.text) { migrate.append(key) }
            try await owner.ask(migrate)
            if step == 0 { try await middle() }
        }
        for node in [target, owner] + masters.filter({ $0.port != owner.port && $0.port != target.port }) {
            try await node.ask("CLUSTER", "SETSLOT", slot, "NODE", to)
        }
        return target
    }
}
