import RoostTestKit
import Testing

@testable import RoostRedis

@Suite("What sentinels and nodes say")
struct RedisRepliesTests {
    private func text(_ text: String) -> RedisValue { .string(Array(text.utf8)) }

    @Test(
        "the slot of a key is that of its hash tag, as Redis Cluster's specification has it",
        arguments: [
            ("", 0), ("123456789", 12739), ("foo", 12182), ("{foo}", 12182), ("x{foo}bar", 12182), ("{}foo", 9500),
            ("foo{}{bar}", 8363), ("foo{{bar}}zap", 4015), ("{user1000}.following", 3443),
            ("{user1000}.followers", 3443),
        ])
    func slots(key: String, slot: Int) { #expect(RedisSlot.of(key) == slot) }

    @Test("slots agree with a server's for any key")
    func slotsOfServer() async throws {
        let server = try RedisServer.start(arguments: [
            "--cluster-enabled", "yes", "--cluster-port", "\(try FreePort.one())",
        ])
        var random = SeededGenerator(seed: 7)
        let alphabet = Array("a{}:b1")
        try await withClient(server.url) { (client) async throws in
            for _ in 0..<200 {
                let key = String(
                    (0..<Int.random(in: 0...8, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? "a"
                    })
                #expect(
                    try await client.send(RedisCommand("CLUSTER", "KEYSLOT", key)).int.map { Int($0) }
                        == RedisSlot.of(key), "\(key)")
            }
        }
    }

    @Test("a master's address, or nothing that can be connected to")
    func masters() {
        #expect(
            RedisReplies.master(.array([text("10.0.0.1"), text("6379")])) == RedisEndpoint(host: "10.0.0.1", port: 6379)
        )
        #expect(RedisReplies.master(.array([text("::1"), text("1")]))?.description == "[::1]:1")
        let bad: [RedisValue] = [
            .null, .array([]), .array([text("h")]), .array([text(""), text("1")]), .array([text("a b"), text("1")]),
            .array([text("h"), text("0")]), .array([text("h"), text("65536")]), .array([text("h"), text("x")]),
            .array([text(String(repeating: "h", count: 256)), text("1")]), .array([text("h\u{1B}[2J"), text("1")]),
        ]
        for reply in bad { #expect(RedisReplies.master(reply) == nil, "\(reply)") }
    }

    @Test("other sentinels, malformed ones left out")
    func sentinels() {
        let good = RedisValue.array([text("name"), text("x"), text("ip"), text("h"), text("port"), text("5")])
        let reply = RedisValue.array([good, .null, .array([text("ip")]), .array([text("ip"), text("h")]), .integer(3)])
        #expect(RedisReplies.sentinels(reply) == [RedisEndpoint(host: "h", port: 5)])
        #expect(RedisReplies.sentinels(.array(Array(repeating: good, count: 1000))).count == RedisReplies.mostServers)
    }

    @Test("an announcement of the master in question, and of no other")
    func announcements() {
        let change = RedisReplies.switched(Array("m 10.0.0.1 1 10.0.0.2 2".utf8), master: "m")
        #expect(change?.from == RedisEndpoint(host: "10.0.0.1", port: 1))
        #expect(change?.to == RedisEndpoint(host: "10.0.0.2", port: 2))
        for payload in ["n a 1 b 2", "m a 1 b", "m a 1 b 2 3", "m a x b 2", "", "m a 1 b 99999"] {
            #expect(RedisReplies.switched(Array(payload.utf8), master: "m") == nil, "\(payload)")
        }
    }

    @Test("owners of slots; a node without a name is where it was reached")
    func owners() {
        func node(_ host: String, _ port: Int64) -> RedisValue { .array([text(host), .integer(port), text("id")]) }
        let asked = RedisEndpoint(host: "seed", port: 9)
        let reply = RedisValue.array([
            .array([.integer(0), .integer(99), node("a", 1), node("b", 2)]),
            .array([.integer(100), .integer(100), node("", 3)]),
            .array([.integer(200)]), .null, .array([.integer(300), .integer(200), node("c", 4)]),
            .array([.integer(400), .integer(500), .array([.null, .integer(5)])]),
        ])
        #expect(RedisReplies.slots(reply, slot: 99, asked: asked).owner == RedisEndpoint(host: "a", port: 1))
        #expect(RedisReplies.slots(reply, slot: 100, asked: asked).owner == RedisEndpoint(host: "seed", port: 3))
        #expect(RedisReplies.slots(reply, slot: 450, asked: asked).owner == RedisEndpoint(host: "seed", port: 5))
        #expect(RedisReplies.slots(reply, slot: 250, asked: asked).owner == nil)
        #expect(RedisReplies.slots(reply, slot: 0, asked: asked).nodes.map(\.port) == [1, 2, 3, 4, 5])
    }

    @Test("redirections")
    func redirections() {
        func read(_ reply: String) -> (slot: Int, endpoint: RedisEndpoint?)? {
            RedisServerError(reply: reply).redirection
        }
        #expect(read("MOVED 3999 127.0.0.1:6381")?.slot == 3999)
        #expect(read("MOVED 3999 127.0.0.1:6381")?.endpoint == RedisEndpoint(host: "127.0.0.1", port: 6381))
        #expect(read("MOVED 1 ::1:6381")?.endpoint == RedisEndpoint(host: "::1", port: 6381))
        #expect(read("MOVED 1 :6381")?.slot == 1)
        #expect(read("MOVED 1 :6381")?.endpoint == nil)
        for reply in ["ASK 1 h:1", "MOVED", "MOVED x h:1", "MOVED 1", "MOVED 1 h", "ERR MOVED 1 h:1"] {
            #expect(read(reply) == nil, "\(reply)")
        }
    }
}
