import HTTPTypes
import RoostAPI
import RoostJobs
import Testing

@Suite("batches that are filled bit by bit, and batches that are called off")
struct OpenBatchTests {
    let rig = APIRig()
    let key: HTTPField.Name

    init() throws { key = try #require(HTTPField.Name("Idempotency-Key")) }

    /// Opens a batch and returns its path.
    private func open(_ members: String = "") async throws -> String {
        let reply = try await rig.post("/batches", #"{"open":true\#(members.isEmpty ? "" : ",")\#(members)}"#)
        #expect(reply.status == 202, "\(reply.text)")
        return "/batches/\(try #require(try reply.string("batch_id")))"
    }

    /// Ends every job that can be claimed, and what that lets go of; returns the types in that order.
    private func work() async throws -> [String] {
        var types: [String] = []
        while true {
            while try await rig.store.promoteDue(limit: 1000, wait: .zero) > 0 {}
            let request = ClaimRequest(queues: ["default"], limit: 1, worker: "w", lease: .seconds(60))
            guard let claim = try await rig.store.claim(request).first else { return types }
            types.append(claim.job.type)
            _ = try await rig.store.settle(claim.ticket, .succeeded(result: []))
        }
    }

    @Test("a batch is opened, filled in several calls and closed; what follows it waits for that")
    func life() async throws {
        let batch = try await open(#""name":"import","on_complete":{"type":"report"}"#)
        #expect(try await rig.get(batch).string("status") == "open")
        let first = try await rig.post("\(batch)/jobs", #"[{"type":"a","payload":{}},{"type":"b","payload":{}}]"#)
        #expect(first.status == 202, "\(first.text)")
        let parent = try #require(try first.rows("jobs").first?["job_id"]?.string)
        let lines = #"{"type":"c","payload":{},"depends_on":["\#(parent)"]}"# + "\n" + #"{"type":"d","payload":{}}"#
        #expect(try await rig.post("\(batch)/jobs", lines).raw("accepted") == "2")
        #expect(Set(try await work()) == ["a", "b", "c", "d"])
        #expect(try await rig.get(batch).string("status") == "open")
        #expect(try await rig.get("\(batch)/jobs").rows().count == 4)
        let closed = try await rig.post("\(batch)/close", "")
        #expect(closed.status == 200)
        #expect(try closed.raw("total") == "4")
        #expect(try await work() == ["report"])
        #expect(try await rig.get(batch).string("status") == "done")
        #expect(try await rig.post("\(batch)/close", "").status == 200)
        #expect(try await rig.post("\(batch)/jobs", #"[{"payload":{}}]"#).status == 409)
    }

    @Test("each job that is added stands alone, as in a bulk")
    func rows() async throws {
        let batch = try await open(#""jobs":[{"payload":{}}]"#)
        let mixed = try await rig.post("\(batch)/jobs", #"[{"payload":{}},{"payload":{},"priority":11},{}]"#)
        #expect(mixed.status == 207)
        #expect(try mixed.raw("accepted") == "1" && mixed.raw("refused") == "2")
        #expect(try await rig.post("\(batch)/jobs", #"[{"payload":{},"key":"k"}]"#).status == 422)
        #expect(try await rig.post("\(batch)/jobs", "[]").status == 400)
        #expect(try await rig.get(batch).raw("total") == "2")
    }

    @Test("a batch has as many jobs as it may, and no more")
    func most() async throws {
        let batch = try await open()
        let jobs = Array(repeating: #"{"payload":{}}"#, count: 9_999).joined(separator: ",")
        #expect(try await rig.post("\(batch)/jobs", "[\(jobs)]").status == 202)
        #expect(try await rig.post("\(batch)/jobs", #"[{"payload":{}},{"payload":{}}]"#).status == 409)
        #expect(try await rig.post("\(batch)/jobs", #"[{"payload":{}}]"#).status == 202)
        #expect(try await rig.post("\(batch)/jobs", #"[{"payload":{}}]"#).status == 409)
        #expect(try await rig.get(batch).raw("total") == "10000")
    }

    @Test("with keys, what is sent again is the same batch and the same jobs")
    func repeats() async throws {
        let body = #"{"open":true,"jobs":[{"payload":{"n":1}},{"payload":{"n":2}}]}"#
        let first = try await rig.post("/batches", body, headers: [key: "open"])
        let second = try await rig.post("/batches", body, headers: [key: "open"])
        #expect(second.status == 202)
        #expect(try second.header("Idempotent-Replayed") == "true")
        #expect(try first.string("batch_id") == second.string("batch_id"))
        #expect(try first.raw("jobs") == second.raw("jobs"))
        let batch = "/batches/\(try #require(try first.string("batch_id")))"
        for _ in 0..<2 {
            let added = try await rig.post("\(batch)/jobs", #"[{"payload":{"n":3}}]"#, headers: [key: "more"])
            #expect(added.status == 202)
        }
        #expect(try await rig.get(batch).raw("total") == "3")
        #expect(try await rig.post("\(batch)/jobs", #"[{"payload":{}}]"#, headers: [key: "more"]).status == 422)
        let empty = #"{"open":true,"name":"empty"}"#
        let one = try await rig.post("/batches", empty, headers: [key: "empty"])
        let two = try await rig.post("/batches", empty, headers: [key: "empty"])
        #expect(try one.string("batch_id") == two.string("batch_id"))
        _ = try await rig.post("\(batch)/close", "")
        let late = try await rig.post("/batches", body, headers: [key: "open"])
        #expect(try late.string("batch_id") == first.string("batch_id"))
        #expect(try late.header("Idempotent-Replayed") == "true")
    }

    @Test("cancelling a batch ends what has not started, asks what runs, and lets only on_complete run")
    func cancel() async throws {
        let batch = try await open(
            #""jobs":[{"type":"a","payload":{}},{"type":"b","payload":{}},{"type":"c","payload":{},"delay":60}],"#
                + #""on_complete":{"type":"report"},"on_success":{"type":"publish"}"#)
        let done = try await rig.claim()
        _ = try await rig.store.settle(done.ticket, .succeeded(result: []))
        let running = try await rig.claim()
        let reply = try await rig.post("\(batch)/cancel", #"{"reason":"not today"}"#)
        #expect(reply.status == 202)
        #expect(try reply.raw("cancelled") == "1" && reply.raw("cancel_requested") == "1")
        #expect(try reply.raw("ended") == "1")
        #expect(try await rig.post("\(batch)/jobs", #"[{"payload":{}}]"#).status == 409)
        _ = try await rig.store.settle(running.ticket, .cancelled(reason: "stopped"))
        #expect(try await work() == ["report"])
        let after = try await rig.get(batch)
        #expect(try after.string("status") == "cancelled" && after.raw("cancelled") == "2" && after.raw("done") == "1")
        let publish = try #require(try after.string("on_success").flatMap { JobID($0) })
        #expect(try await rig.job(publish).state == .cancelled)
        #expect(try await rig.job(publish).error == "not today")
        #expect(try await rig.post("\(batch)/cancel", "").status == 200)
    }

    @Test("a batch without jobs is called off as well; one that has ended well is not")
    func cancelEdges() async throws {
        let empty = try await open(#""on_success":{"type":"publish"}"#)
        let reply = try await rig.post("\(empty)/cancel", "")
        #expect(reply.status == 200)
        #expect(try await work().isEmpty)
        let done = try await rig.post("/batches", #"{"jobs":[{"payload":{}}]}"#)
        #expect(try await work() == ["default"])
        let path = "/batches/\(try #require(try done.string("batch_id")))/cancel"
        #expect(try await rig.post(path, "").status == 409)
        #expect(try await rig.post(path, #"{"why":"x"}"#).status == 422)
    }

    @Test(
        "there is nothing to add to, to close or to cancel where there is no batch",
        arguments: ["jobs", "close", "cancel"])
    func unknown(_ verb: String) async throws {
        let body = verb == "jobs" ? #"[{"payload":{}}]"# : "{}"
        for id in ["01ARZ3NDEKTSV4RRFFQ69G5FAV", "nonsense"] {
            #expect(try await rig.post("/batches/\(id)/\(verb)", body).status == 404)
        }
        #expect(try await rig.store.counts().total == 0)
    }

    @Test(
        "only an open batch may be without jobs",
        arguments: [#"{"open":false}"#, #"{"open":false,"jobs":[]}"#, #"{"jobs":[]}"#, "{}"])
    func closed(_ body: String) async throws {
        let reply = try await rig.post("/batches", body)
        #expect(reply.status == 422)
        #expect(try reply.paths() == ["jobs"])
    }
}
