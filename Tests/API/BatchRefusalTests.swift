import HTTPTypes
import RoostAPI
import RoostJobs
import Testing

@Suite("batches that are refused, and keys of batches")
struct BatchRefusalTests {
    let rig = APIRig()
    let key: HTTPField.Name

    init() throws { key = try #require(HTTPField.Name("Idempotency-Key")) }

    @Test(
        "a circle is named",
        arguments: [
            (#"{"key":"a","payload":{},"depends_on":["a"]}"#, "a → a"),
            (
                #"{"key":"a","payload":{},"depends_on":["b"]},{"key":"b","payload":{},"depends_on":["a"]}"#, "b → a → b"
            ),
        ])
    func cycles(jobs: String, circle: String) async throws {
        let reply = try await rig.post("/batches", #"{"jobs":[\#(jobs)]}"#)
        #expect(reply.status == 422)
        #expect(try reply.paths() == ["jobs"])
        #expect(reply.text.contains("wait for each other in a circle: \(circle)"), "\(reply.text)")
        #expect(try await rig.store.counts().total == 0)
    }

    @Test("a chain against a dependency is a circle, and one of ten thousand is told by its beginning")
    func chainCycle() async throws {
        let chain = #"{"chain":true,"jobs":[{"payload":{},"depends_on":["b"]},{"key":"b","payload":{}}]}"#
        #expect(try await rig.post("/batches", chain).text.contains("circle: b → jobs[0] → b"))
        let jobs = (0..<10_000).map { #"{"key":"k\#($0)","payload":{},"depends_on":["k\#(($0 + 1) % 10000)"]}"# }
        let reply = try await rig.post("/batches", #"{"jobs":[\#(jobs.joined(separator: ","))]}"#)
        #expect(reply.status == 422)
        #expect(reply.bytes.count < 1000)
    }

    @Test(
        "what is wrong is 422 under its path",
        arguments: [
            ("{}", "jobs"), (#"{"jobs":[]}"#, "jobs"), (#"{"jobs":{}}"#, "jobs"), (#"{"jobs":null}"#, "jobs"),
            (#"{"jobs":[1]}"#, "jobs[0]"), (#"{"jobs":[{}]}"#, "jobs[0].payload"),
            (#"{"jobs":[{"payload":{}},{"payload":{},"priority":11}]}"#, "jobs[1].priority"),
            (#"{"jobs":[{"payload":{},"unique":"k"}]}"#, "jobs[0].unique"),
            (#"{"jobs":[{"payload":{},"idempotency_key":"k"}]}"#, "jobs[0].idempotency_key"),
            (#"{"jobs":[{"payload":{},"key":"a b"}]}"#, "jobs[0].key"),
            (#"{"jobs":[{"payload":{},"key":"a"},{"payload":{},"key":"a"}]}"#, "jobs[1].key"),
            (#"{"jobs":[{"payload":{},"depends_on":["nobody"]}]}"#, "jobs[0].depends_on[0]"),
            (#"{"jobs":[{"payload":{},"key":"a"},{"payload":{},"depends_on":["a","a"]}]}"#, "jobs[1].depends_on[1]"),
            (#"{"name":"a b","jobs":[{"payload":{}}]}"#, "name"), (#"{"chain":1,"jobs":[{"payload":{}}]}"#, "chain"),
            (#"{"color":1,"jobs":[{"payload":{}}]}"#, "color"),
            (#"{"on_complete":[],"jobs":[{"payload":{}}]}"#, "on_complete"),
            (#"{"on_complete":{"delay":1},"jobs":[{"payload":{}}]}"#, "on_complete.delay"),
            (#"{"on_success":{"unique":"k"},"jobs":[{"payload":{}}]}"#, "on_success.unique"),
            (#"{"on_success":{"type":"a b"},"jobs":[{"payload":{}}]}"#, "on_success.type"),
        ])
    func refusals(body: String, path: String) async throws {
        let reply = try await rig.post("/batches", body)
        #expect(reply.status == 422, "\(reply.text)")
        #expect(try reply.string("error") == "Invalid batch")
        #expect(try reply.paths() == [path])
        #expect(try await rig.store.counts().total == 0)
    }

    @Test("a payload may nest as deep as that of a job that comes alone")
    func depth() async throws {
        func body(_ depth: Int) -> String {
            let nest = String(repeating: "[", count: depth - 1) + String(repeating: "]", count: depth - 1)
            return #"{"jobs":[{"payload":{"a":\#(nest)}}],"on_complete":{"payload":{"a":\#(nest)}}}"#
        }
        #expect(try await rig.post("/batches", body(32)).status == 202)
        #expect([400, 422].contains(try await rig.post("/batches", body(33)).status))
    }

    @Test("a batch that has no room is refused whole")
    func full() async throws {
        _ = try await rig.send(.patch, "/queues/default", #"{"quota":2}"#)
        let three = #"{"jobs":[{"payload":{}},{"payload":{}},{"payload":{}}],"on_complete":{}}"#
        #expect(try await rig.post("/batches", three).status == 429)
        #expect(try await rig.store.counts().total == 0)
        #expect(try await rig.post("/batches", #"{"jobs":[{"payload":{}},{"payload":{}}]}"#).status == 202)
    }

    @Test("a repeat with the same key is the same batch")
    func repeated() async throws {
        let body = #"{"chain":true,"jobs":[{"payload":{}},{"payload":{}}],"on_complete":{}}"#
        let first = try await rig.post("/batches", body, headers: [key: "k"])
        let again = try await rig.post("/batches", body, headers: [key: "k"])
        #expect(first.status == 202)
        #expect(again.text == first.text)
        #expect(try again.header("Idempotent-Replayed") == "true")
        #expect(try await rig.store.counts().total == 3)
        let listed = try await rig.get("/jobs").rows().compactMap { $0["id"]?.string.flatMap { JobID($0) } }
        let now = Timestamp.now()
        #expect(listed.allSatisfy { now.since($0.timestamp) < .seconds(3600) && $0.timestamp <= now })
    }

    @Test("the same key with another batch is 422 and leaves nothing that runs")
    func mismatched() async throws {
        _ = try await rig.post("/batches", #"{"jobs":[{"payload":{}}],"idempotency_key":"k"}"#)
        for _ in 0..<2 {
            let reply = try await rig.post(
                "/batches", #"{"jobs":[{"payload":{"x":1}}],"on_complete":{}}"#, headers: [key: "k"])
            #expect(reply.status == 422)
            #expect(reply.text == #"{"error":"The idempotency key stands for another request"}"#)
        }
        #expect(try await rig.store.counts().total == 1)
    }

    @Test("fifty at once with one key make one batch")
    func race() async throws {
        let jobs = Array(repeating: #"{"payload":{}}"#, count: 20).joined(separator: ",")
        let body = #"{"jobs":[\#(jobs)],"on_complete":{}}"#
        let texts = try await withThrowingTaskGroup(of: Reply.self) { group in
            for _ in 0..<50 { group.addTask { try await rig.post("/batches", body, headers: [key: "k"]) } }
            return try await group.reduce(into: Set<String>()) { texts, reply in
                #expect(reply.status == 202)
                texts.insert(reply.text)
            }
        }
        #expect(texts.count == 1)
        #expect(try await rig.store.counts().total == 21)
    }
}
