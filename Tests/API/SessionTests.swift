import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import RoostJobs
import Testing

@testable import RoostAPI

@Suite("sessions of browsers")
struct SessionTests {
    let rig: AccessRig

    init() throws { rig = try AccessRig() }

    /// The host the test's client asks for.
    static let page: HTTPFields = [.origin: "http://localhost"]

    func cookie(_ token: AccessToken) -> HTTPFields { [.cookie: "theme=dark; roost_session=\(token.text)"] }

    @Test("a login sets a cookie no script and no other site can use")
    func login() async throws {
        let token = try await rig.token([.read], name: "me")
        let reply = try await rig.post("/login", #"{"token":"\#(token.text)"}"#, headers: Self.page)
        #expect(reply.status == 200)
        #expect(try reply.string("name") == "me" && reply.string("via") == "session")
        #expect(
            try reply.header("Set-Cookie")
                == "roost_session=\(token.text); Max-Age=43200; Path=/; HttpOnly; SameSite=Strict")
        #expect(try reply.header("Cache-Control") == "no-store")
        #expect(!reply.text.contains(token.secret))
        var behind = try AccessRig { $0.sessionPath = "/roost" }
        let order = TokenOrder(name: "x", scopes: [.read])
        let other = try await TokenVault(behind.store).make(order).token
        let secure = try await behind.post(
            "/login", #"{"token":"\#(other.text)"}"#, headers: [.forwardedProto: "https"])
        #expect(try secure.header("Set-Cookie")?.hasSuffix("; Path=/roost; HttpOnly; SameSite=Strict; Secure") == true)
        behind = rig
        let over = try await rig.post("/logout", "", headers: Self.page)
        #expect(over.status == 204)
        #expect(try over.header("Set-Cookie") == "roost_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict")
    }

    @Test("a session reads; it changes something only from a page of this origin")
    func crossOrigin() async throws {
        let token = try await rig.token(AccessRole.operator.scopes)
        let session = cookie(token)
        #expect(try await rig.get("/jobs", headers: session).status == 200)
        #expect(try await rig.get("/whoami", headers: session).string("via") == "session")
        func submit(_ more: HTTPFields) async throws -> Int {
            try await rig.post("/jobs", #"{"payload":{}}"#, headers: session + more).status
        }
        #expect(try await submit(Self.page) == 202)
        #expect(try await submit([.fetchSiteHeader: "same-origin"]) == 202)
        for wrong: HTTPFields in [
            [:], [.origin: "https://evil.example"], [.origin: "null"], [.fetchSiteHeader: "cross-site"],
            [.fetchSiteHeader: "same-site"], [.fetchSiteHeader: "none"],
            [.origin: "https://evil.example", .fetchSiteHeader: "same-origin"],
        ] { #expect(try await submit(wrong) == 403, "\(wrong)") }
        #expect(try await rig.store.counts().total == 2)
    }

    @Test("an origin that may use the API with a token may not use a session")
    func allowedOrigin() async throws {
        let rig = try AccessRig { $0.allowedOrigins = ["https://good.example"] }
        let token = try await rig.token([.submit])
        let good: HTTPFields = [.origin: "https://good.example"]
        #expect(try await rig.post("/jobs", #"{"payload":{}}"#, headers: cookie(token) + good).status == 403)
        #expect(try await rig.post("/jobs", #"{"payload":{}}"#, as: token.text, headers: good).status == 202)
    }

    @Test("a token in the head is the one that counts")
    func both() async throws {
        let (weak, strong) = (try await rig.token([.read]), try await rig.token([.admin]))
        #expect(try await rig.get("/tokens", as: weak.text, headers: cookie(strong)).status == 403)
        #expect(try await rig.get("/tokens", as: "nonsense", headers: cookie(strong)).status == 401)
        #expect(try await rig.get("/tokens", as: strong.text, headers: cookie(weak)).status == 200)
    }

    @Test(
        "a cookie that is no session is none",
        arguments: [
            "", "roost_session", "roost_session=", "xroost_session=a", "roost_session=a b\"", "a=roost_session",
        ])
    func noSession(cookie: String) async throws {
        #expect(try await rig.get("/jobs", headers: [.cookie: cookie]).status == 401)
    }

    @Test("a revoked token ends its sessions")
    func revoked() async throws {
        let token = try await rig.token([.read])
        #expect(try await rig.get("/jobs", headers: cookie(token)).status == 200)
        _ = try await rig.send(.delete, "/tokens/\(token.id)", as: AccessRig.admin)
        #expect(try await rig.get("/jobs", headers: cookie(token)).status == 401)
    }

    @Test("a login that is wrong is refused, written down, and limited")
    func wrong() async throws {
        try await rig.rig.application().test(.router) { client in
            func login(_ body: String) async throws -> Reply {
                Reply(
                    try await client.execute(
                        uri: "/login", method: .post, headers: Self.page, body: ByteBuffer(string: body)))
            }
            for (body, status) in [
                ("", 400), ("{}", 422), (#"{"token":1}"#, 422), (#"{"token":"x","user":"y"}"#, 422),
            ] { #expect(try await login(body).status == status) }
            for token in ["x", "", "a b", String(repeating: "x", count: 600), AccessToken.make().text] {
                let reply = try await login(#"{"token":"\#(token)"}"#)
                #expect(reply.status == 401, "\(reply.text)")
                #expect(try reply.header("Set-Cookie") == nil)
            }
            for _ in 0..<25 { #expect(try await login(#"{"token":"x"}"#).status == 401) }
            let limited = try await login(#"{"token":"x"}"#)
            #expect(limited.status == 429)
            #expect(try limited.header("Retry-After") != nil)
            // Who has one gets in, also from an address a stranger has used.
            #expect(try await login(#"{"token":"\#(AccessRig.admin)"}"#).status == 200)
            let page = Reply(
                try await client.execute(
                    uri: "/audit", method: .get, headers: [.authorization: "Bearer \(AccessRig.admin)"]))
            // Ten of thirty: an attack must not fill the log.
            #expect(try page.rows().map { $0["action"]?.string } == Array(repeating: "logIn", count: 10))
            #expect(try page.rows().allSatisfy { $0["status"]?.int == 401 })
        }
    }

    @Test("where no token is asked for, everybody is anyone")
    func open() async throws {
        let open = APIRig()
        for reply in [try await open.get("/whoami"), try await open.post("/login", #"{"token":"x"}"#)] {
            #expect(reply.status == 200)
            #expect(try reply.string("name") == "anyone" && reply.string("auth") == "off")
            #expect(try reply.raw("scopes") == #"["submit","read","operate","admin"]"#)
            #expect(try reply.header("Set-Cookie") == nil)
        }
    }

    @Test("refusals are counted by why")
    func metrics() async throws {
        _ = try await rig.get("/jobs")
        _ = try await rig.get("/jobs", as: "x")
        _ = try await rig.get("/jobs", as: rig.token([.submit]).text)
        _ = try await rig.post("/jobs", "{}", headers: [.origin: "https://evil.example"])
        let limited = try await rig.token([.read], rate: RateLimit(count: 1, period: .seconds(86_400)))
        for _ in 0..<2 { _ = try await rig.get("/jobs", as: limited.text) }
        let text = try await rig.get("/metrics", as: AccessRig.admin).text
        for (reason, count) in [
            ("missing", 1), ("invalid", 1), ("scope", 1), ("origin", 1), ("rate", 1), ("login", 0), ("unavailable", 0),
        ] {
            #expect(text.contains("roost_http_denied_total{reason=\"\(reason)\"} \(count)\n"), "\(reason)")
        }
    }
}
