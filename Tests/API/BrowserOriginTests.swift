import HTTPTypes
import HummingbirdCore
import NIOCore
import RoostJobs
import Testing

@testable import RoostAPI

@Suite("pages of other sites")
struct BrowserOriginTests {
    @Test(
        "an origin is the one asked for when its host and port are",
        arguments: [
            ("http://127.0.0.1:4000", "127.0.0.1:4000"), ("http://a.example", "a.example"),
            ("https://a.example", "a.example"), ("https://a.example", "a.example:443"),
            ("http://a.example:80", "a.example"), ("https://A.example", "a.Example"),
            ("http://[::1]:4000", "[::1]:4000"),
        ])
    func same(origin: String, host: String) {
        #expect(BrowserOrigin(origin: origin, site: nil, host: host) == .same)
    }

    @Test(
        "another is not, and neither is one that looks like it",
        arguments: [
            ("http://b.example", "a.example"), ("http://a.example:4000", "a.example"), ("null", "a.example"),
            ("", "a.example"), ("http://", ""), ("ftp://a.example", "a.example"),
            ("http://a.example.evil", "a.example"),
            ("http://a.example, http://b.example", "a.example"), ("https://a.example:80", "a.example"),
            ("http://a.example:443", "a.example"), ("a.example", "a.example"),
        ])
    func other(origin: String, host: String) {
        #expect(BrowserOrigin(origin: origin, site: "same-origin", host: host) == .other(origin))
    }

    @Test("without an origin the browser's own word is taken")
    func site() {
        #expect(BrowserOrigin(origin: nil, site: nil, host: "a") == .untold)
        #expect(BrowserOrigin(origin: nil, site: "none", host: "a") == .untold)
        #expect(BrowserOrigin(origin: nil, site: "same-origin", host: "a") == .same)
        for site in ["same-site", "cross-site", "", "SAME-ORIGIN"] {
            #expect(BrowserOrigin(origin: nil, site: site, host: "a") == .other(""))
        }
    }

    @Test("an address is told from a name")
    func addresses() {
        for host in ["127.0.0.1", "10.0.0.7:80", "localhost", "LOCALHOST:4000", "x.localhost", "[::1]:4000"] {
            #expect(BrowserOrigin.isAddress(host), "\(host)")
        }
        for host in ["", "a.example", "127.0.0.1.example", "1.2.3", "256.0.0.1", "localhost.example:1", "1.2.3.4.5"] {
            #expect(!BrowserOrigin.isAddress(host), "\(host)")
        }
    }

    static let foreign: HTTPFields = [.origin: "https://evil.example"]

    @Test("where no token is asked for, a page of another site changes nothing")
    func open() async throws {
        let rig = APIRig()
        for (method, path) in [
            (HTTPRequest.Method.post, "/jobs"), (.delete, "/cron/x"), (.put, "/cron/x"), (.patch, "/queues/x"),
            (.post, "/login"), (.post, "/logout"),
        ] {
            let reply = try await rig.send(method, path, "{}", headers: Self.foreign)
            #expect(reply.status == 403, "\(path)")
            #expect(try reply.string("error") == "A page of another site may not do this")
        }
        #expect(
            try await rig.send(.post, "/jobs", #"{"payload":{}}"#, headers: [.fetchSiteHeader: "cross-site"]).status
                == 403)
        #expect(try await rig.get("/jobs", headers: Self.foreign).status == 200)
        #expect(try await rig.send(.post, "/jobs", #"{"payload":{}}"#).status == 202)
    }

    @Test("a page at a name that points here changes nothing where no token is asked for, unless it is allowed")
    func rebound() async throws {
        func refusal(_ host: String, _ change: (inout APIConfiguration) -> Void = { _ in }) async -> Int? {
            var configuration = APIConfiguration(member: "api@h:1")
            change(&configuration)
            let head = HTTPRequest(
                method: .post, scheme: "http", authority: host, path: "/jobs",
                headerFields: [.origin: "http://\(host)"])
            let gate = AccessGate(store: MemoryStore(), configuration: configuration)
            return await gate.refusal(of: Request(head: head, body: .init(buffer: ByteBuffer())), needing: .submit)?
                .status.code
        }
        #expect(await refusal("127.0.0.1:4000") == nil)
        #expect(await refusal("rebound.example:4000") == 403)
        #expect(await refusal("rebound.example") { $0.allowedOrigins = ["http://rebound.example"] } == nil)
        // Where one is, what is missing is the token.
        #expect(await refusal("roost.example") { $0.access = .tokens() } == 401)
    }

    @Test("one that is allowed does, and so does the page of this origin at an address")
    func allowed() async throws {
        var rig = APIRig()
        rig.configuration.allowedOrigins = ["https://good.example"]
        func submit(_ headers: HTTPFields) async throws -> Int {
            try await rig.send(.post, "/jobs", #"{"payload":{}}"#, headers: headers).status
        }
        #expect(try await submit([.origin: "https://good.example"]) == 202)
        #expect(try await submit(Self.foreign) == 403)
        // The test's client asks for localhost.
        #expect(try await submit([.origin: "http://localhost"]) == 202)
        #expect(try await submit([.fetchSiteHeader: "same-origin"]) == 202)
    }
}
