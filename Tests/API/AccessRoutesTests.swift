import HTTPTypes
import RoostJobs
import Testing

@testable import RoostAPI

@Suite("every route asks for its scope")
struct AccessRoutesTests {
    let rig: AccessRig

    init() throws { rig = try AccessRig() }

    /// Every route there is, with something in the place of its parameters.
    var routes: [(route: APIRoute, path: String)] {
        APIRoutes(store: rig.store, configuration: rig.rig.configuration).all.map { route in
            let parts = route.path.split(separator: "/").map { $0.hasPrefix(":") ? "x" : String($0) }
            return (route, "/" + parts.joined(separator: "/"))
        }
    }

    @Test("open routes are the few that tell nothing")
    func open() {
        let open = routes.filter { $0.route.scope == .open }.map(\.path)
        #expect(
            Set(open) == [
                "/", "/livez", "/readyz", "/health", "/version", "/openapi.json", "/docs", "/whoami", "/login",
                "/logout",
            ])
        let submit = routes.filter { $0.route.scope == .submit }.map { "\($0.route.method) \($0.path)" }
        for route in ["POST /jobs", "POST /jobs/bulk", "POST /jobs/schedule", "POST /batches", "POST /api/v1/work"] {
            #expect(submit.contains(route), "\(route)")
        }
        for (route, path) in routes where path.hasPrefix("/tokens") || path.hasPrefix("/audit") {
            #expect(route.scope == .admin)
        }
        for (route, path) in routes where route.method != .get {
            #expect(route.scope != .read, "\(path)")
        }
    }

    @Test("without a token, with a wrong one and with another scope nothing but open routes is reached")
    func refused() async throws {
        let tokens: [Scope: AccessToken] = [
            .submit: try await rig.token([.submit]), .read: try await rig.token([.read]),
            .operate: try await rig.token([.operate]),
        ]
        for (route, path) in routes where route.scope != .open {
            for wrong in [nil, "rst_nonsense", AccessToken.make().text] {
                let reply = try await rig.send(route.method, path, as: wrong)
                #expect(reply.status == 401, "\(route.method) \(path)")
                let challenge = try #require(try reply.header("WWW-Authenticate"))
                #expect(challenge.hasPrefix("Bearer") && challenge.contains("invalid_token") == (wrong != nil))
            }
            for (scope, token) in tokens {
                let reply = try await rig.send(route.method, path, as: token.text)
                let isReading = route.method == .get
                let may = scope == route.scope || (scope == .read && route.scope == .submit && isReading)
                #expect((reply.status != 403) == may, "\(route.method) \(path) with \(scope): \(reply.status)")
                #expect(reply.status != 401, "\(path)")
                guard reply.status == 403 else { continue }
                #expect(try reply.header("WWW-Authenticate")?.contains("scope=\"\(route.scope.rawValue)\"") == true)
            }
        }
    }

    @Test("an administrator reaches every route, from the store or from the environment")
    func admin() async throws {
        let token = try await rig.token([.admin])
        for (route, path) in routes {
            for admin in [token.text, AccessRig.admin] {
                let reply = try await rig.send(route.method, path, as: admin)
                #expect(![401, 403].contains(reply.status), "\(route.method) \(path): \(reply.status)")
            }
        }
    }

    @Test("HEAD is asked what GET is")
    func head() async throws {
        #expect(try await rig.send(.head, "/jobs").status == 401)
        #expect(try await rig.send(.head, "/jobs", as: rig.token([.read]).text).status == 200)
        #expect(try await rig.send(.head, "/livez").status == 200)
    }

    @Test("what was wrong with a token is not told")
    func same() async throws {
        let token = try await rig.token([.read])
        let brief = try await rig.token([.read], lifetime: .seconds(3600))
        let other = AccessToken.make()
        let forged = try #require(AccessToken("rst_\(token.id)_\(other.secret)"))
        let replies = try await [
            "x", other.text, forged.text, AccessRig.admin.uppercased(), "\(AccessRig.admin)0",
        ].asyncMap { try await rig.get("/jobs", as: $0).text }
        #expect(Set(replies) == [#"{"error":"The token is not valid"}"#])
        #expect(try await rig.get("/jobs", as: brief.text).status == 200)
        for header in ["Basic \(token.text)", token.text, "Bearer", "Bearer  ", "Bearer \(token.text) x"] {
            let reply = try await rig.get("/jobs", headers: [.authorization: header])
            #expect(reply.status == 401 && reply.text == replies.first, "\(header)")
        }
        #expect(try await rig.get("/jobs", headers: [.authorization: "bEARER   \(token.text)"]).status == 200)
    }

    @Test("a token that has ended lets nobody in")
    func ended() async throws {
        let token = AccessToken.make()
        let order = TokenOrder(name: "old", scopes: [.read], lifetime: .seconds(60))
        let record = TokenRecord(token, order, createdBy: nil, now: Timestamp.now().advanced(by: .seconds(-61)))
        _ = try await rig.store.putDocument(token.id, in: TokenVault.collection, body: record.body, replacing: 0)
        #expect(try await rig.get("/jobs", as: token.text).status == 401)
    }

    @Test("the document tells the scope of every operation, and what it may be refused with")
    func document() async throws {
        for (rig, isOpen) in [(rig.rig, false), (APIRig(), true)] {
            let document = try await rig.get("/openapi.json").json
            let schemes = try #require(document["components"]?.object?["securitySchemes"]?.object)
            #expect(schemes["token"]?.object?["scheme"]?.string == "bearer")
            #expect(schemes["session"]?.object?["name"]?.string == "roost_session")
            let paths = try #require(document["paths"]?.object)
            for (route, _) in routes {
                let operation = try #require(
                    paths[OpenAPIDocument.template(route.path)]?.object?[route.method.rawValue.lowercased()]?.object)
                let security = String(decoding: try #require(operation["security"]).bytes, as: UTF8.self)
                let statuses = try #require(operation["responses"]?.object).members.map(\.key)
                if route.scope == .open {
                    #expect(security == "[]")
                } else {
                    #expect(security.contains(#"{"token":["\#(route.scope.rawValue)"]}"#))
                    #expect(security.hasPrefix("[{},") == isOpen)
                    #expect(statuses.contains("401") && statuses.contains("403") && statuses.contains("429"))
                }
            }
        }
    }
}

extension Sequence {
    fileprivate func asyncMap<Result>(_ transform: (Element) async throws -> Result) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
