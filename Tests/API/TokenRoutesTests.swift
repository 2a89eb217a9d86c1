import HTTPTypes
import RoostJobs
import Testing

@testable import RoostAPI

@Suite("GET, POST and DELETE /tokens, GET /audit")
struct TokenRoutesTests {
    let rig: AccessRig

    init() throws { rig = try AccessRig() }

    func make(_ body: String, as admin: String = AccessRig.admin) async throws -> Reply {
        try await rig.post("/tokens", body, as: admin)
    }

    @Test("a token is made, used, listed without its secret, revoked, and then refused")
    func life() async throws {
        let made = try await make(
            #"{"name":"ci","scopes":["submit"],"expires_in":60,"rate":"100/m","quota":10,"tenant":"a"}"#)
        #expect(made.status == 201)
        #expect(try made.header("Cache-Control") == "no-store")
        let text = try #require(try made.string("token"))
        let token = try #require(AccessToken(text))
        #expect(try made.string("id") == token.id)
        #expect(try made.header("Location") == "/tokens/\(token.id)")
        #expect(try made.string("created_by") == "ROOST_ADMIN_TOKEN")
        #expect(try made.raw("scopes") == #"["submit"]"#)
        #expect(try made.raw("rate") == #"{"count":100,"period":60}"#)
        #expect(try await rig.get("/whoami", as: text).string("name") == "ci")
        let list = try await rig.get("/tokens", as: AccessRig.admin)
        #expect(try list.rows().map { $0["id"]?.string } == [token.id])
        #expect(!list.text.contains(token.secret) && !list.text.contains("sha256"))
        #expect(try await rig.send(.delete, "/tokens/\(token.id)", as: AccessRig.admin).status == 204)
        #expect(try await rig.send(.delete, "/tokens/\(token.id)", as: AccessRig.admin).status == 404)
        #expect(try await rig.get("/whoami", as: text).status == 401)
        #expect(try await rig.get("/tokens", as: AccessRig.admin).text == "[]")
    }

    @Test("a role stands for its scopes", arguments: AccessRole.allCases)
    func roles(role: AccessRole) async throws {
        let made = try await make(#"{"name":"r","role":"\#(role.rawValue)"}"#)
        let caller = try await rig.get("/whoami", as: made.string("token"))
        let scopes = Scope.grantable.filter(role.scopes.contains).map { "\"\($0.rawValue)\"" }
        #expect(try caller.raw("scopes") == "[\(scopes.joined(separator: ","))]")
        #expect(try caller.string("auth") == "required" && caller.string("via") == "token")
    }

    @Test(
        "what is wrong with an order is told",
        arguments: [
            ("{}", ["name", "scopes"]), (#"{"name":"a b","scopes":["read"]}"#, ["name"]),
            (#"{"name":"a","scopes":[]}"#, ["scopes"]), (#"{"name":"a","scopes":["open"]}"#, ["scopes"]),
            (#"{"name":"a","scopes":["read","read"]}"#, ["scopes"]), (#"{"name":"a","scopes":"read"}"#, ["scopes"]),
            (#"{"name":"a","role":"root"}"#, ["role"]), (#"{"name":"a","role":"viewer","scopes":["read"]}"#, ["role"]),
            (#"{"name":"a","role":"viewer","expires_in":0}"#, ["expires_in"]),
            (#"{"name":"a","role":"viewer","expires_in":1e300}"#, ["expires_in"]),
            (#"{"name":"a","role":"viewer","rate":"1/0s"}"#, ["rate"]),
            (#"{"name":"a","role":"viewer","rate":{"count":1,"period":0.5}}"#, ["rate"]),
            (#"{"name":"a","role":"viewer","quota":0,"tenant":"","x":1}"#, ["x"]),
            (#"{"name":"a","role":"viewer","quota":0,"tenant":""}"#, ["quota", "tenant"]),
        ])
    func invalid(body: String, paths: [String]) async throws {
        let reply = try await make(body)
        #expect(reply.status == 422 && reply.text.contains("Invalid token"), "\(reply.text)")
        #expect(try reply.paths() == paths)
        #expect(try await TokenVault(rig.store).records().isEmpty)
    }

    @Test("the audit log says who did what, and not what was only looked at")
    func audit() async throws {
        let operate = try await rig.token(AccessRole.operator.scopes, name: "ops")
        let id = try #require(try await rig.post("/jobs", #"{"payload":{}}"#, as: operate.text).string("job_id"))
        _ = try await rig.get("/jobs", as: operate.text)
        let cancel = try await rig.post(
            "/jobs/\(id)/cancel", "", as: operate.text,
            headers: [.requestID: "r-1", .forwardedFor: "10.1.1.1, 10.2.2.2"])
        #expect(cancel.status == 200)
        #expect(try await rig.post("/jobs/\(id)/cancel", "", as: rig.token([.read]).text).status == 403)
        #expect(try await rig.send(.delete, "/cron/nothing", as: operate.text).status == 404)
        #expect(try await rig.post("/queues/a%2Fb/pause", "", as: operate.text).status == 200)
        let made = try await make(#"{"name":"x","scopes":["read"]}"#)
        let entries = try await rig.audit()
        #expect(entries.map { $0["action"]?.string } == ["makeToken", "pauseQueue", "cancelJob"])
        #expect(entries.map { $0["who"]?.string } == ["ROOST_ADMIN_TOKEN", "ops", "ops"])
        #expect(entries.map { $0["target"]?.string } == ["/tokens/\(try made.string("id") ?? "")", "a/b", id])
        #expect(entries[2]["token"]?.string == operate.id && entries[2]["status"]?.int == 200)
        #expect(entries[2]["request_id"]?.string == "r-1" && entries[2]["forwarded_for"]?.string == "10.2.2.2")
        #expect(entries[2]["route"]?.string == "POST /jobs/:id/cancel")
        #expect(entries[2]["member"]?.string == "api@127.0.0.1:4370")
        let all = try await rig.get("/audit", as: AccessRig.admin).text
        #expect(!all.contains(operate.secret) && !all.contains(AccessRig.admin))
    }

    @Test("the audit log comes in pages")
    func pages() async throws {
        for index in 0..<5 { _ = try await rig.post("/queues/q\(index)/pause", "", as: AccessRig.admin) }
        var path = "/audit?limit=2"
        var targets: [String] = []
        for _ in 0..<5 {
            let page = try await rig.get(path, as: AccessRig.admin)
            targets += try page.rows().compactMap { $0["target"]?.string }
            guard let link = try page.header("Link") else { break }
            path = String(link.dropFirst().prefix { $0 != ">" })
        }
        #expect(targets == ["q4", "q3", "q2", "q1", "q0"])
        for query in ["limit=0", "limit=-1", "limit=+1", "before=x", "before="] {
            #expect(try await rig.get("/audit?\(query)", as: AccessRig.admin).status == 400, "\(query)")
        }
        #expect(try await rig.get("/audit?limit=9999", as: AccessRig.admin).rows().count == 5)
    }

    @Test("where no token is asked for, one can be made before it is")
    func open() async throws {
        let open = APIRig(store: rig.store)
        let made = try await open.post("/tokens", #"{"name":"first","role":"admin"}"#)
        #expect(made.status == 201)
        #expect(try made.raw("created_by") == "null")
        #expect(try await open.get("/whoami").string("auth") == "off")
        #expect(try await rig.get("/tokens", as: made.string("token")).status == 200)
    }
}
