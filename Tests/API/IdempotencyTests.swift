import HTTPTypes
import RoostAPI
import RoostJobs
import Testing

@Suite("idempotency keys over HTTP")
struct IdempotencyTests {
    let rig = APIRig()
    let key: HTTPField.Name

    init() throws { key = try #require(HTTPField.Name("Idempotency-Key")) }

    @Test("a repeat gets the first answer again, marked as such")
    func repeated() async throws {
        let body = #"{"payload":{"n":1}}"#
        let first = try await rig.post("/jobs", body, headers: [key: "order-1"])
        #expect(try first.header("Idempotent-Replayed") == nil)
        // The draft's quoted form and the bare token name the same request.
        for spelling in ["order-1", "\"order-1\""] {
            let again = try await rig.post("/jobs", body, headers: [key: spelling])
            #expect(again.status == 202)
            #expect(again.text == first.text)
            #expect(try again.header("Location") == first.header("Location"))
            #expect(try again.header("Idempotent-Replayed") == "true")
        }
        #expect(try await rig.store.counts().total == 1)
    }

    @Test("the key may be a field")
    func field() async throws {
        let body = #"{"payload":{"n":1},"idempotency_key":"order-1"}"#
        let first = try await rig.post("/jobs", body)
        let again = try await rig.post("/jobs", body, headers: [key: "order-1"])
        #expect(try first.string("job_id") == again.string("job_id"))
        let other = try await rig.post("/jobs", body, headers: [key: "order-2"])
        #expect(other.status == 422)
        #expect(try other.paths() == ["idempotency_key"])
    }

    @Test("a repeat after the job is done is the same job still")
    func done() async throws {
        let id = try await rig.submit(headers: [key: "k"])
        _ = try await rig.store.settle(try await rig.claim().ticket, .succeeded(result: Array("1".utf8)))
        #expect(try await rig.submit(headers: [key: "k"]) == id)
    }

    @Test("the same key with other bytes is 422 and makes nothing")
    func mismatched() async throws {
        _ = try await rig.submit(headers: [key: "k"])
        for path in ["/jobs", "/jobs/schedule"] {
            let reply = try await rig.post(
                path, #"{"payload":{"other":1},"run_at":"2099-01-01T00:00:00Z"}"#, headers: [key: "k"])
            #expect(reply.status == 422)
            #expect(reply.text == #"{"error":"The idempotency key stands for another request"}"#)
        }
        #expect(try await rig.store.counts().total == 1)
    }

    @Test("a key that cannot be one is refused", arguments: ["a b", "", "\"\"", String(repeating: "x", count: 201)])
    func bad(value: String) async throws {
        for (path, body) in [
            ("/jobs", #"{"payload":{}}"#), ("/jobs/bulk", #"[{"payload":{}}]"#),
            ("/batches", #"{"jobs":[{"payload":{}}]}"#),
        ] {
            let reply = try await rig.post(path, body, headers: [key: value])
            #expect(reply.status == 422, "\(path) \(reply.text)")
        }
        #expect(try await rig.store.counts().total == 0)
    }

    @Test("a hundred posts at once with one key make one job")
    func race() async throws {
        let ids = try await withThrowingTaskGroup(of: JobID.self) { group in
            for _ in 0..<100 { group.addTask { try await rig.submit(headers: [key: "k"]) } }
            return try await group.reduce(into: Set<JobID>()) { $0.insert($1) }
        }
        #expect(ids.count == 1)
        #expect(try await rig.store.counts().total == 1)
    }

    @Test("a bulk has a key for all its jobs")
    func bulk() async throws {
        let body = #"[{"payload":{}},{"payload":{},"idempotency_key":"own"},{"payload":{}}]"#
        let first = try await rig.post("/jobs/bulk", body, headers: [key: "k"])
        let again = try await rig.post("/jobs/bulk", body, headers: [key: "k"])
        #expect(first.status == 202 && again.status == 202)
        #expect(try again.header("Idempotent-Replayed") == "true")
        #expect(
            try first.rows("jobs").map { $0["job_id"]?.string } == again.rows("jobs").map { $0["job_id"]?.string })
        let other = try await rig.post("/jobs/bulk", #"[{"payload":{}},{"payload":{}}]"#, headers: [key: "k"])
        #expect(other.status == 422)
        #expect(try await rig.store.counts().total == 3)
    }

    @Test("an item with a key that stands for another is refused alone")
    func bulkItem() async throws {
        _ = try await rig.submit(#""idempotency_key":"own""#)
        let reply = try await rig.post(
            "/jobs/bulk", #"[{"payload":{}},{"payload":{"x":1},"idempotency_key":"own"}]"#)
        #expect(reply.status == 207)
        #expect(try reply.rows("jobs")[1]["error"]?.string == "The idempotency key stands for another request")
    }

    @Test(
        "a key that is badly quoted or no visible ASCII is 422",
        arguments: ["\"", "\"\"", "\"a", "\"a\"b\"", "a b", "\u{E9}"])
    func badKey(key: String) async throws {
        let name = try #require(HTTPField.Name("Idempotency-Key"))
        let reply = try await APIRig().post("/jobs", #"{"payload":{}}"#, headers: [name: key])
        #expect(reply.status == 422)
        #expect(try reply.paths() == ["idempotency_key"])
    }
}
