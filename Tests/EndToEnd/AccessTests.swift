import FoundationEssentials
import Glibc
import RoostProcessKit
import RoostTestKit
import Testing

/// Tokens on real processes: the first one, the ones made with it, the console's session, and what is refused at start.
@Suite(.serialized) struct AccessTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private static let ports = ["--port", "0", "--mesh-port", "0", "--console-port", "0"]
    private static let admin = "abcdefghijklmnopqrstuvwxyz-012345"

    /// A command that ends, and all it printed.
    private func roost(
        _ arguments: [String], _ environment: [String: String] = [:]
    ) throws -> (status: Int32, text: String) {
        let program = try RoostProgram(
            arguments, name: arguments[0], in: directory.path, environment: environment)
        let status = try #require(program.process.wait(milliseconds: 30_000), "\(arguments)")
        return ((status >> 8) & 0xFF, program.printed)
    }

    /// The token `roost token create` printed.
    private func create(_ arguments: [String], _ environment: [String: String] = [:]) throws -> String {
        let made = try roost(["token", "create"] + arguments, environment)
        #expect(made.status == 0, "\(made)")
        let lines = made.text.split(separator: "\n").map { String($0) }
        return try #require(lines.last { $0.hasPrefix("rst_") && $0.utf8.count == 53 }, "\(made)")
    }

    private func status(_ url: String, _ token: String?, _ more: [String] = []) throws -> Int {
        let header = token.map { ["-H", "Authorization: Bearer \($0)"] } ?? []
        return try Curl(base: "").run(["-s", url] + header + more).status
    }

    @Test("on SQLite: no token no start; the first one is made in the file, the next through the API")
    func sqlite() throws {
        let store = "sqlite:\(directory.path)/roost.db"
        let start = ["up", "--demo", "--auth", "required", "--store", store] + Self.ports
        let refused = try roost(start)
        #expect(refused.status == 78 && refused.text.contains("roost token create"), "\(refused)")
        #expect(try roost(["token", "list", "--store", "sqlite:\(directory.path)/none.db"]).status == 66)
        #expect(try roost(["token", "create", "--name", "x", "--store", store]).status == 64)
        #expect(try roost(["token", "create", "--name", "x", "--role", "admin", "--store", "memory:"]).status == 64)
        let admin = try create(["--name", "me", "--role", "admin", "--store", store])
        let program = try RoostProgram(start, name: "up", in: directory.path)
        let parts = try program.ready()
        let (http, console) = (parts["http"] ?? "", parts["console"] ?? "")
        let own = ["ROOST_API": http, "ROOST_TOKEN": admin]

        #expect(try status("\(http)/jobs", nil) == 401)
        #expect(try status("\(http)/readyz", nil) == 200)
        #expect(try status("\(http)/jobs", admin) == 200)
        #expect(try roost(["job", "list"], ["ROOST_API": http]).status == 77)
        #expect(try roost(["enqueue", "noop", "--wait"], own).status == 0)
        #expect(try roost(["nodes", "--token", admin], ["ROOST_API": http]).status == 0)
        // The file is in use: only its process may write to it.
        let busy = try roost(["token", "create", "--name", "x", "--role", "admin", "--store", store])
        #expect(busy.status == 78, "\(busy)")

        let ci = try create(["--name", "ci", "--scopes", "submit", "--expires", "30d", "--quota", "1"], own)
        let job = ["-d", #"{"payload":{},"type":"noop"}"#]
        #expect(try status("\(http)/jobs", ci, job) == 202)
        #expect(try status("\(http)/jobs", ci, job) == 429)
        #expect(try status("\(http)/queues", ci) == 403)
        let list = try roost(["token", "list"], own)
        #expect(list.text.contains("ci") && list.text.contains("1 jobs/day") && !list.text.contains(ci), "\(list)")
        try checkConsole(console, admin: admin)
        let id = String(ci.split(separator: "_")[1])
        #expect(try roost(["token", "revoke", id], own).status == 0)
        #expect(try roost(["token", "revoke", id], own).status == 66)
        #expect(try status("\(http)/jobs", ci, job) == 401)
        let audit = try roost(["audit"], own)
        #expect(audit.text.contains("revokeToken") && audit.text.contains("127.0.0.1"), "\(audit)")

        #expect(try program.stop() == 0)
        for secret in [admin, ci] { #expect(!program.printed.contains(secret)) }
    }

    /// The console asks for the same tokens, and takes a browser's session.
    private func checkConsole(_ console: String, admin: String) throws {
        for path in ["snapshot", "events", "api/jobs", "api/whoami"] {
            #expect(try status("\(console)/\(path)", nil) == 401, "\(path)")
        }
        #expect(try status(console, nil) == 200)
        let body = ["-d", #"{"token":"\#(admin)"}"#]
        #expect(try status("\(console)/api/login", nil, body + ["-H", "Origin: http://evil.example"]) == 403)
        let jar = "\(directory.path)/cookies"
        #expect(try status("\(console)/api/login", nil, body + ["-c", jar, "-H", "Origin: \(console)"]) == 200)
        let session = ["-b", jar]
        #expect(try status("\(console)/snapshot", nil, session) != 401)
        #expect(try status("\(console)/api/jobs", nil, session) == 200)
        let pause = session + ["-X", "POST"]
        #expect(try status("\(console)/api/queues/q/pause", nil, pause) == 403)
        #expect(try status("\(console)/api/queues/q/pause", nil, pause + ["-H", "Origin: http://evil.example"]) == 403)
        #expect(try status("\(console)/api/queues/q/resume", nil, pause + ["-H", "Origin: \(console)"]) == 200)
    }

    @Test(
        "off loopback nothing starts without a cookie, with --auth off, or without a token; on Redis one is enough for all"
    )
    func redis() throws {
        let redis = try RedisServer.start()
        let cookie = ["ROOST_COOKIE": "0123456789abcdef0123456789abcdef"]
        let start = ["api", "--host", "0.0.0.0", "--store", redis.url] + Self.ports
        for (more, environment, words) in [
            ([], [:], "ROOST_COOKIE"), (["--auth", "off"], cookie, "--insecure"), ([], cookie, "roost token create"),
            ([], cookie.merging(["ROOST_ADMIN_TOKEN": "short"]) { $1 }, "ROOST_ADMIN_TOKEN"),
            (["--auth", "maybe"], cookie, "required or off"),
        ] {
            let refused = try roost(start + more, environment)
            #expect(refused.status == 78 && refused.text.contains(words), "\(refused)")
        }
        let first = try RoostProgram(
            start, name: "api", in: directory.path,
            environment: cookie.merging(["ROOST_ADMIN_TOKEN": Self.admin]) { $1 })
        let http = (try first.ready()["http"] ?? "").replacing("0.0.0.0", with: "127.0.0.1")
        #expect(try status("\(http)/jobs", nil) == 401)
        #expect(try status("\(http)/jobs", Self.admin) == 200)
        // Made in the store, known to the API when it comes.
        let token = try create(["--name", "x", "--scopes", "read", "--store", redis.url])
        #expect(try eventually("the token to be known") { try status("\(http)/jobs", token) == 200 ? true : nil })
        let second = try RoostProgram(start, name: "second", in: directory.path, environment: cookie)
        let other = (try second.ready()["http"] ?? "").replacing("0.0.0.0", with: "127.0.0.1")
        #expect(try status("\(other)/jobs", token) == 200)
        #expect(try status("\(other)/jobs", Self.admin) == 401)
        let id = String(token.split(separator: "_")[1])
        #expect(try roost(["token", "revoke", id, "--store", redis.url]).status == 0)
        for url in [http, other] {
            try eventually("the token to be refused") { try status("\(url)/jobs", token) == 401 ? true : nil }
        }
        #expect(try roost(["token", "list", "--store", redis.url]).text.isEmpty)
        for program in [first, second] {
            #expect(try program.stop() == 0)
            #expect(!program.printed.contains(token) && !program.printed.contains(Self.admin))
        }
    }
}
