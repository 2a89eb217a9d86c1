import RoostRedis
import RoostTestKit
import Testing

@Suite("A client of a running server")
struct RedisClientTests {
    @Test("stores and returns any bytes")
    func bytes() async throws {
        let server = try RedisServer.start()
        try await withClient(server.url) { (client) async throws in
            for value in [[], [0], Array(0...255), Array("\r\n$5\r\n".utf8)] as [[UInt8]] {
                var set = RedisCommand("SET", "key")
                set.append(value)
                #expect(try await client.send(set) == .status("OK"))
                #expect(try await client.send(RedisCommand("GET", "key")).bytes == value)
            }
            #expect(try await client.send(RedisCommand("GET", "nothing")).isNull)
            #expect(try await client.send(RedisCommand("INCR", "n")).int == 1)
            #expect(try await client.send(RedisCommand("GET", "n")).int == 1)
        }
    }

    @Test("gives each of 64 tasks its own replies")
    func concurrency() async throws {
        let server = try RedisServer.start()
        try await withClient(server.url) { (client) async throws in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<64 {
                    group.addTask { () async throws in
                        for number in 0..<1000 {
                            let text = "\(task):\(number)"
                            #expect(
                                try await client.send(RedisCommand("ECHO", text), deadline: .seconds(30)).text == text)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(client.status.connects == 1)
            #expect(client.status.pendingCommands == 0)
        }
    }

    @Test("throws a server's error, and returns it among a pipeline's replies")
    func serverErrors() async throws {
        let server = try RedisServer.start()
        try await withClient(server.url) { (client) async throws in
            try await client.send(RedisCommand("SET", "text", "x"))
            let error = await failure { () throws(RedisError) in _ = try await client.send(RedisCommand("INCR", "text"))
            }
            #expect(error?.serverError?.code == "ERR")
            #expect(error?.maybeApplied == false)
            let replies = try await client.pipeline([
                RedisCommand("INCR", "n"), RedisCommand("INCR", "text"), RedisCommand("INCR", "n"),
            ])
            #expect(replies.count == 3)
            #expect(replies.first == .integer(1))
            #expect(replies.last == .integer(2))
            guard case .error = replies[1] else {
                Issue.record("no error")
                return
            }
            #expect(try await client.pipeline([]).isEmpty)
        }
    }

    @Test("runs a script again after the server forgot all scripts")
    func scripts() async throws {
        let server = try RedisServer.start()
        let script = RedisScript(name: "sum", source: "return redis.call('INCRBY', KEYS[1], ARGV[1])")
        try await withClient(server.url) { (client) async throws in
            for expected in [5, 10] as [Int64] {
                #expect(try await client.evaluate(script, keys: ["n"]) { $0.append(5) }.int == expected)
            }
            try await client.send(RedisCommand("SCRIPT", "FLUSH"))
            #expect(try await client.evaluate(script, keys: ["n"]) { $0.append(5) }.int == 15)
            let broken = RedisScript(name: "broken", source: "return redis.call('NOPE')")
            let error = await failure { () throws(RedisError) in _ = try await client.evaluate(broken, keys: []) }
            #expect(error?.serverError != nil)
        }
    }

    @Test("carries a value of 5 MiB there and back, over TCP and a Unix socket")
    func large() async throws {
        let server = try RedisServer.start()
        let value = (0..<5 * 1024 * 1024).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        for url in [server.url, server.unixURL] {
            try await withClient(url) { (client) async throws in
                var set = RedisCommand("SET", "large")
                set.append(value)
                try await client.send(set, deadline: .seconds(30))
                #expect(try await client.send(RedisCommand("GET", "large"), deadline: .seconds(30)).bytes == value)
            }
        }
    }

    @Test("signs in with a password or as an ACL user, and selects its database")
    func signsIn() async throws {
        let server = try RedisServer.start(password: "secret")
        try await withClient(server.url + "/3?name=a%20b") { (client) async throws in
            try await client.send(RedisCommand("SET", "here", "3"))
            try await client.send(RedisCommand("ACL", "SETUSER", "ann", "on", ">pw", "~*", "+@all"))
            #expect(try await client.send(RedisCommand("CLIENT", "GETNAME")).text == "a-b")
        }
        try await withClient("redis://ann:pw@127.0.0.1:\(server.port)/3") { (client) async throws in
            let user = try await client.send(RedisCommand("ACL", "WHOAMI"))
            #expect(user.text == "ann")
            #expect(try await client.send(RedisCommand("GET", "here")).int == 3)
        }
        try await withClient(server.url) { (client) async throws in
            let elsewhere = try await client.send(RedisCommand("GET", "here"))
            #expect(elsewhere.isNull)
        }
    }

    @Test("keeps trying with a wrong password and says so in its status", arguments: [":wrong@", "nobody:secret@", ""])
    func wrongPassword(credentials: String) async throws {
        let server = try RedisServer.start(password: "secret")
        try await withClient("redis://\(credentials)127.0.0.1:\(server.port)") { (client) async throws in
            let error = await failure { () throws(RedisError) in _ = try await client.send(RedisCommand("PING")) }
            #expect(error?.code == .unavailable)
            #expect(!client.isConnected)
            #expect(["WRONGPASS", "NOAUTH"].contains(client.status.lastError?.serverError?.code))
        }
    }

    @Test("speaks TLS to a server whose certificate it can verify, and to no other")
    func tls() async throws {
        let files = try TestCertificate()
        let server = try RedisServer.start(tls: (files.certificate, files.key))
        for query in ["?ca=\(files.certificate)", "?verify=no"] {
            try await withClient(server.tlsURL + query) { (client) async throws in
                let reply = try await client.send(RedisCommand("ECHO", "safe"), deadline: .seconds(10))
                #expect(reply.text == "safe")
            }
        }
        try await withClient(server.tlsURL) { (client) async throws in
            let error = await failure { () throws(RedisError) in _ = try await client.send(RedisCommand("PING")) }
            #expect(error?.code == .unavailable)
        }
        try await withClient(server.tlsURL + "?ca=/nowhere.pem") { (client) async throws in
            _ = await failure { () throws(RedisError) in _ = try await client.send(RedisCommand("PING")) }
            #expect(client.status.lastError?.code == .configuration)
        }
    }

    @Test("closes its connection when it is forgotten")
    func forgotten() async throws {
        let server = try RedisServer.start()
        try await withClient(server.url) { (client) async throws in
            var child: RedisClient? = client.dedicated(name: "child")
            try await child?.send(RedisCommand("PING"))
            let before = try await client.send(RedisCommand("CLIENT", "LIST"))
            #expect(before.text?.contains("name=child") == true)
            child = nil
            try await eventually("the server sees one client") {
                let list = try await client.send(RedisCommand("CLIENT", "LIST"))
                return list.text?.contains("name=child") == false
            }
        }
    }

    @Test("takes a port that does not exist as a configuration error")
    func badPort() async throws {
        try await withClient("redis://h", change: { $0.port = 70_000 }) { (client) async throws in
            let error = await failure { () throws(RedisError) in _ = try await client.send(RedisCommand("PING")) }
            #expect(error?.code == .unavailable)
            #expect(client.status.lastError?.code == .configuration)
        }
    }

    @Test("refuses everything after its shutdown")
    func shutDown() async throws {
        let server = try RedisServer.start()
        try await withClient(server.url) { (client) async throws in
            try await client.send(RedisCommand("PING"))
            await client.shutDown()
            await client.shutDown()
            let error = await failure { () throws(RedisError) in _ = try await client.send(RedisCommand("PING")) }
            #expect(error?.code == .shutDown)
            #expect(!client.isConnected)
        }
    }
}
