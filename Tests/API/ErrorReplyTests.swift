import HTTPTypes
import RoostAPI
import RoostJobs
import Testing

@Suite("errors reach clients as JSON, with nothing of the inside")
struct ErrorReplyTests {
    static let submits = [
        ("/jobs", #"{"payload":{}}"#), ("/jobs/schedule", #"{"payload":{},"run_at":"2099-01-01T00:00:00Z"}"#),
        ("/jobs/bulk", #"[{"payload":{}}]"#), ("/batches", #"{"jobs":[{"payload":{}}]}"#),
        ("/api/v1/work", #"{"data":"foo"}"#),
    ]
    static let id = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
    static let reads = [
        "/jobs", "/jobs/\(id)", "/jobs/\(id)/why", "/stats", "/jobs/stats", "/queues", "/queues/default", "/dead",
        "/cron",
        "/cron/nightly", "/batches/\(id)", "/batches/\(id)/jobs", "/workers",
    ]
    static let changes: [(HTTPRequest.Method, String, String?)] = [
        (.post, "/jobs/\(id)/cancel", nil), (.post, "/jobs/\(id)/retry", nil), (.delete, "/jobs/\(id)", nil),
        (.post, "/queues/q/pause", nil), (.patch, "/queues/q", "{}"), (.post, "/dead/\(id)/replay", nil),
        (.post, "/dead/replay", "{}"), (.delete, "/cron/nightly", nil),
        (.put, "/cron/nightly", #"{"schedule":"@daily","job":{"type":"x"}}"#), (.post, "/cron/nightly/run", nil),
    ]

    @Test("a submit to a store that is not reachable is 503 and promises nothing", arguments: submits)
    func unreachable(path: String, body: String) async throws {
        let reply = try await APIRig(store: FailingStore(code: .unavailable)).post(path, body)
        #expect(reply.status == 503)
        #expect(reply.text == #"{"error":"The job store is not reachable; nothing was accepted"}"#)
        #expect(try reply.header("Retry-After") == "1")
    }

    @Test("a submit whose answer was lost is 503 and does not claim to know", arguments: submits)
    func unknown(path: String, body: String) async throws {
        let reply = try await APIRig(store: FailingStore(code: .unknown)).post(path, body)
        #expect(reply.status == 503)
        #expect(try reply.string("error")?.contains("may not have been accepted") == true)
        #expect(try reply.header("Retry-After") == "1")
    }

    @Test("a lost answer names the job to look for")
    func lostID() async throws {
        let reply = try await APIRig(store: FailingStore(code: .unknown)).post("/jobs", #"{"payload":{}}"#)
        #expect(try reply.string("job_id").flatMap { JobID($0) } != nil)
    }

    @Test("a read from a store that fails is 503", arguments: reads)
    func read(path: String) async throws {
        for code in [StoreError.Code.unavailable, .unknown, .closed] {
            let reply = try await APIRig(store: FailingStore(code: code)).get(path)
            #expect(reply.status == 503)
            #expect(try reply.header("Retry-After") == "1")
            #expect(!reply.text.contains("secret"))
        }
    }

    @Test("a change in a store that fails is 503 and says what may have happened", arguments: changes)
    func change(method: HTTPRequest.Method, path: String, body: String?) async throws {
        for (code, words) in [(StoreError.Code.unavailable, "nothing was changed"), (.unknown, "may have happened")] {
            let reply = try await APIRig(store: FailingStore(code: code)).send(method, path, body)
            #expect(reply.status == 503)
            #expect(try reply.string("error")?.contains(words) == true)
            #expect(try reply.header("Retry-After") == "1")
        }
    }

    @Test("damage is 500 and a refusal 422, neither with the store's words")
    func others() async throws {
        for (code, status) in [(StoreError.Code.corrupt, 500), (.invalid, 422)] {
            let reply = try await APIRig(store: FailingStore(code: code)).post("/jobs", #"{"payload":{}}"#)
            #expect(reply.status == status)
            #expect(!reply.text.contains("secret"))
        }
    }

    @Test("an unknown path is 404", arguments: ["/nothing", "/jobs/a/b", "/api/v2/work/x", "//x", "/jobs/../etc"])
    func notFound(path: String) async throws {
        let reply = try await APIRig().get(path)
        #expect(reply.status == 404)
        #expect(reply.text == #"{"error":"Not found"}"#)
    }

    @Test(
        "a known path with another method is 405 and names the right ones",
        arguments: [
            ("/jobs", "GET, HEAD, POST"), ("/jobs/schedule", "POST"), ("/jobs/\(id)", "DELETE, GET, HEAD"),
            ("/jobs/\(id)/cancel", "POST"), ("/batches", "POST"), ("/dead", "GET, HEAD"), ("/queues", "GET, HEAD"),
            ("/stats", "GET, HEAD"), ("/api/v1/work", "POST"), ("/", "GET, HEAD"),
        ])
    func method(path: String, allow: String) async throws {
        let rig = APIRig()
        for method in [HTTPRequest.Method.put, .patch, try #require(HTTPRequest.Method("PURGE"))] {
            let reply = try await rig.send(method, path)
            #expect(reply.status == 405)
            #expect(reply.text == #"{"error":"Method not allowed"}"#)
            let methods = try reply.header("Allow")?.components(", ").sorted().joined(separator: ", ")
            #expect(methods == allow)
        }
        let options = try await rig.send(.options, path)
        #expect(options.status == 204)
        #expect(try options.header("Allow") != nil)
    }

    @Test("a request has one id, the client's where it is a plain one")
    func requestID() async throws {
        let rig = APIRig()
        let name = try #require(HTTPField.Name("X-Request-ID"))
        #expect(try await rig.get("/", headers: [name: "abc-1"]).header("X-Request-ID") == "abc-1")
        let odd = try await rig.get("/", headers: [name: String(repeating: "x", count: 65)]).header("X-Request-ID")
        #expect(odd?.isEmpty == false && odd?.utf8.count ?? 65 < 65)
        #expect(try await rig.get("/nothing").header("X-Request-ID") != nil)
    }

    @Test("a second Host header is refused")
    func host() async throws {
        let name = try #require(HTTPField.Name("Host"))
        #expect(try await APIRig().get("/", headers: [name: "other"]).status == 400)
    }
}

extension String {
    fileprivate func components(_ separator: String) -> [String] {
        split(separator: separator).map { String($0) }
    }
}
