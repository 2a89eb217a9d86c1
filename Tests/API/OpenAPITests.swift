import HTTPTypes
import Hummingbird
import RoostJobs
import Testing

@testable import RoostAPI

@Suite("the surface describes itself")
struct OpenAPITests {
    let rig = APIRig()

    @Test("every route is in the document, and everything in the document is a route")
    func routes() async throws {
        let router = Router(context: APIRequestContext.self)
        APIRoutes(store: rig.store, configuration: rig.configuration).add(to: router)
        // HEAD is what GET is without a body: OpenAPI users expect it unsaid.
        let served = Set(
            router.routes.filter { $0.method != .head }
                .map { "\($0.method.rawValue.lowercased()) \(OpenAPIDocument.template($0.path.description))" })
        let paths = try #require(try await rig.get("/openapi.json").json["paths"]?.object)
        let documented = Set(
            paths.members.flatMap { path, value in value.object?.members.map { "\($0.key) \(path)" } ?? [] })
        #expect(served == documented)
        #expect(served.count > 30)
    }

    @Test("every operation has an id of its own, a reply that is no fault, and only schemas that exist")
    func operations() async throws {
        let routes = APIRoutes(store: rig.store, configuration: rig.configuration).all
        #expect(Set(routes.map(\.operation.id)).count == routes.count)
        for route in routes {
            #expect(route.operation.responses.contains { $0.status < 300 })
            let statuses = route.operation.responses.map(\.status)
            #expect(Set(statuses).count == statuses.count, "\(route.operation.id)")
            let parameters = route.operation.parameters.filter { $0.place == .path }.map(\.name)
            #expect(
                parameters
                    == route.path.split(separator: "/").filter { $0.hasPrefix(":") }.map { String($0.dropFirst()) })
        }
        let text = try await rig.get("/openapi.json").text
        let names = Schemas.all.map(\.key)
        #expect(Set(names).count == names.count)
        for part in text.split(separator: "#/components/schemas/").dropFirst() {
            let name = String(part.prefix { $0 != "\"" })
            #expect(names.contains(name), "\(name)")
        }
        for name in names where name != "Problem" {
            #expect(text.contains("#/components/schemas/\(name)\""), "\(name)")
        }
    }

    @Test("the document is the same bytes each time, and 304 for who has them")
    func caching() async throws {
        let first = try await rig.get("/openapi.json")
        #expect(try first.header("Content-Type") == "application/json")
        #expect(try first.string("openapi") == "3.1.0")
        let tag = try #require(try first.header("ETag"))
        let again = try await rig.get("/openapi.json", headers: [.ifNoneMatch: tag])
        #expect(again.status == 304 && again.bytes.isEmpty)
    }

    @Test("the page lists every operation, loads nothing from elsewhere and runs no script")
    func page() async throws {
        let reply = try await rig.get("/docs")
        #expect(try reply.header("Content-Type") == "text/html; charset=utf-8")
        let policy = try #require(try reply.header("Content-Security-Policy"))
        #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"))
        for route in APIRoutes(store: rig.store, configuration: rig.configuration).all {
            #expect(reply.text.contains("id=\"\(route.operation.id)\""))
        }
        for word in ["<script", "<link", "href=\"http", "src=", "style=", "onclick", "javascript:", "@import", "url("] {
            #expect(!reply.text.contains(word), "\(word)")
        }
    }

    @Test("the style's hash in the policy is that of the style")
    func styleHash() async throws {
        // Of nothing, as RFC 4648 and FIPS 180-4 have it.
        #expect(DocumentPage.base64([]) == "")
        #expect(DocumentPage.base64(Array("f".utf8)) == "Zg==")
        #expect(DocumentPage.base64(Array("fo".utf8)) == "Zm8=")
        #expect(DocumentPage.base64(Array("foobar".utf8)) == "Zm9vYmFy")
    }
}
