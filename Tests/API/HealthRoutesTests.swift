import HTTPTypes
import RoostAPI
import RoostJobs
import Testing

@Suite("what a node says of itself")
struct HealthRoutesTests {
    let rig = APIRig()

    @Test("the root says that the server is running")
    func root() async throws {
        let reply = try await rig.get("/")
        #expect(reply.status == 200)
        #expect(reply.text == "Server is running")
    }

    @Test("a node with its store is healthy, alive and ready", arguments: ["/health", "/livez", "/readyz"])
    func healthy(path: String) async throws {
        let reply = try await rig.get(path)
        #expect(reply.status == 200)
        #expect(try reply.string("status") == "OK")
    }

    @Test("a node without its store is alive, degraded and not ready")
    func degraded() async throws {
        var rig = rig
        rig.store = FailingStore(code: .unavailable)
        #expect(try await rig.get("/livez").status == 200)
        for path in ["/health", "/readyz"] {
            let reply = try await rig.get(path)
            #expect(reply.status == 503)
            #expect(try reply.string("status") == "DEGRADED")
            #expect(try reply.header("Retry-After") == "1")
        }
    }

    @Test("a draining node is not ready, but healthy, and still serves")
    func draining() async throws {
        rig.readiness.drain()
        #expect(try await rig.get("/readyz").status == 503)
        #expect(try await rig.get("/health").status == 200)
        #expect(try await rig.post("/jobs", #"{"payload":{}}"#).status == 202)
        rig.readiness.resume()
        #expect(try await rig.get("/readyz").status == 200)
    }

    @Test("the version is told")
    func version() async throws {
        #expect(
            try await rig.get("/version").text == #"{"name":"roost","version":"1.2.3","member":"api@127.0.0.1:4370"}"#)
    }

    @Test("nodes are what the composition root gives")
    func nodes() async throws {
        let reply = try await rig.get("/nodes")
        #expect(reply.text == #"[{"name":"api@127.0.0.1:4370"}]"#)
        #expect(try reply.header("Content-Type") == "application/json")
    }

    @Test("statistics count every state")
    func stats() async throws {
        _ = try await rig.post("/jobs", #"{"payload":{}}"#)
        _ = try await rig.post("/jobs", #"{"payload":{}}"#)
        _ = try await rig.post("/jobs", #"{"payload":{},"delay":60}"#)
        _ = try await rig.claim()
        let reply = try await rig.get("/stats")
        #expect(reply.text.hasPrefix(#"{"queued":1,"running":1,"done":0,"failed":0,"total":3,"scheduled":1,"#))
        let jobs = try await rig.get("/jobs/stats")
        #expect(jobs.text.hasPrefix(#"{"stream":null,"length":2,"consumerGroups":[],"queues":[{"queue":"default","#))
    }

    @Test("streams come from the store where it has them")
    func streams() async throws {
        var rig = rig
        rig.streams = { Array(#"{"stream":"jobs:work","length":0,"consumerGroups":[]}"#.utf8) }
        #expect(try await rig.get("/jobs/stats").text == #"{"stream":"jobs:work","length":0,"consumerGroups":[]}"#)
    }
}
