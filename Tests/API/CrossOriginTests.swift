import HTTPTypes
import RoostAPI
import Testing

@Suite("web pages of other origins")
struct CrossOriginTests {
    static let ask: HTTPFields = [.origin: "https://a.example", .accessControlRequestMethod: "POST"]

    static func rig(_ origins: [String]) -> APIRig {
        var rig = APIRig()
        rig.configuration.allowedOrigins = origins
        return rig
    }

    @Test("none may use the API unless told")
    func off() async throws {
        let reply = try await Self.rig([]).send(.options, "/jobs", headers: Self.ask)
        #expect(reply.status == 204)
        #expect(reply.headers[.accessControlAllowOrigin] == nil && reply.headers[.accessControlAllowMethods] == nil)
        #expect(reply.headers[.vary] == nil)
    }

    @Test("one that is allowed is told so, before and with the reply, also when it is a refusal")
    func allowed() async throws {
        let rig = Self.rig(["https://b.example", "https://a.example"])
        let before = try await rig.send(.options, "/jobs", headers: Self.ask)
        #expect(before.status == 204)
        #expect(before.headers[.accessControlAllowOrigin] == "https://a.example")
        #expect(before.headers[.accessControlAllowMethods]?.contains("POST") == true)
        #expect(before.headers[.accessControlAllowHeaders]?.contains("Idempotency-Key") == true)
        #expect(before.headers[.accessControlAllowCredentials] == nil)
        for (path, status) in [("/jobs", 200), ("/nothing", 404)] {
            let reply = try await rig.get(path, headers: [.origin: "https://a.example"])
            #expect(reply.status == status)
            #expect(reply.headers[.accessControlAllowOrigin] == "https://a.example")
            #expect(reply.headers[.accessControlExposeHeaders]?.contains("Location") == true)
            #expect(reply.headers[.vary] == "Origin")
        }
    }

    @Test(
        "another one is not, and neither is one that looks like it",
        arguments: ["https://a.example.evil", "http://a.example", "null", "https://A.example"])
    func others(origin: String) async throws {
        let reply = try await Self.rig(["https://a.example"]).get("/jobs", headers: [.origin: origin])
        #expect(reply.headers[.accessControlAllowOrigin] == nil)
        // What a cache keeps of this reply is not for the page that may.
        #expect(reply.headers[.vary] == "Origin")
    }

    @Test("a star stands for all")
    func all() async throws {
        let reply = try await Self.rig(["*"]).get("/jobs", headers: [.origin: "https://x.example"])
        #expect(reply.headers[.accessControlAllowOrigin] == "*")
    }
}
