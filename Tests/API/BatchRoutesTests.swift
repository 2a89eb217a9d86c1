import HTTPTypes
import RoostAPI
import RoostJobs
import Testing

@Suite("/batches")
struct BatchRoutesTests {
    let rig = APIRig()

    /// The ids of an accepted batch, by key.
    private func ids(_ reply: Reply) throws -> [String: JobID] {
        #expect(reply.status == 202, "\(reply.text)")
        return try reply.rows("jobs").reduce(into: [:]) { ids, row in
            ids[try #require(row["key"]?.string)] = row["job_id"]?.string.flatMap { JobID($0) }
        }
    }

    /// Runs what can be claimed, as long as there is something; returns the types in that order.
    private func work(_ outcome: (JobRecord) -> Outcome = { _ in .succeeded(result: []) }) async throws -> [String] {
        var types: [String] = []
        while true {
            while try await rig.store.promoteDue(limit: 1000, wait: .zero) > 0 {}
            let request = ClaimRequest(queues: ["default"], limit: 1, worker: "w", lease: .seconds(60))
            guard let claim = try await rig.store.claim(request).first else { return types }
            types.append(claim.job.type)
            _ = try await rig.store.settle(claim.ticket, outcome(claim.job))
        }
    }

    @Test("a graph runs parents first, then what follows it")
    func graph() async throws {
        let reply = try await rig.post(
            "/batches",
            """
            {"name":"etl","jobs":[
              {"key":"load","type":"load","payload":{},"depends_on":["clean","enrich"]},
              {"key":"clean","type":"clean","payload":{},"depends_on":["fetch"]},
              {"key":"enrich","type":"enrich","payload":{},"depends_on":["fetch"]},
              {"key":"fetch","type":"fetch","payload":{}}],
             "on_complete":{"type":"report"},"on_success":{"type":"publish","payload":{"n": 1}}}
            """)
        let ids = try ids(reply)
        #expect(ids.count == 4)
        let batch = try #require(try reply.string("batch_id"))
        #expect(try reply.header("Location") == "/batches/\(batch)")
        let before = try await rig.get("/batches/\(batch)")
        #expect(try before.string("name") == "etl" && before.string("status") == "running")
        #expect(try before.raw("total") == "4" && before.raw("pending") == "4")
        #expect(try before.string("on_complete") == reply.string("on_complete"))
        #expect(try before.string("jobs") == "/batches/\(batch)/jobs")
        #expect(try before.header("Retry-After") == "1")
        let load = try await rig.get("/jobs/\(try #require(ids["load"]))")
        #expect(try load.string("batch") == batch)
        #expect(try load.rows("parents").count == 2)
        let order = try await work()
        #expect(order.first == "fetch" && order[3] == "load")
        #expect(Set(order[4...]) == ["report", "publish"])
        let after = try await rig.get("/batches/\(batch)")
        #expect(try after.string("status") == "done" && after.raw("done") == "4" && after.raw("pending") == "0")
        #expect(try after.string("finished_at") != nil)
        #expect(try after.header("Retry-After") == nil)
    }

    @Test("a chain runs in the order it is given")
    func chain() async throws {
        let types = (0..<20).map { "step-\($0)" }
        let jobs = types.map { #"{"type":"\#($0)","payload":{}}"# }.joined(separator: ",")
        #expect(try await rig.post("/batches", #"{"chain":true,"jobs":[\#(jobs)]}"#).status == 202)
        #expect(try await work() == types)
    }

    @Test("a failure ends what waits for it, and only the completion follows")
    func failure() async throws {
        let reply = try await rig.post(
            "/batches",
            """
            {"chain":true,"jobs":[{"key":"a","type":"a","payload":{}},{"key":"b","type":"b","payload":{}},
              {"key":"c","type":"c","payload":{},"depends_rule":"ended"}],
             "on_complete":{"type":"report"},"on_success":{"type":"publish"}}
            """)
        let ids = try ids(reply)
        #expect(
            try await work { $0.type == "a" ? .failed(error: "no") : .succeeded(result: []) } == ["a", "c", "report"])
        #expect(try await rig.job(#require(ids["b"])).state == .cancelled)
        let batch = try await rig.get("/batches/\(try #require(try reply.string("batch_id")))")
        #expect(try batch.string("status") == "failed")
        #expect(try batch.raw("done") == "1" && batch.raw("failed") == "1" && batch.raw("cancelled") == "1")
        let publish = try #require(try reply.string("on_success"))
        #expect(try await rig.get("/jobs/\(publish)").string("status") == "cancelled")
    }

    @Test("a member may wait for a job outside")
    func outside() async throws {
        let id = try await rig.submit(#""type":"first""#)
        let body = #"{"jobs":[{"type":"second","payload":{},"depends_on":["\#(id)"]}]}"#
        #expect(try await rig.post("/batches", body).status == 202)
        #expect(try await work() == ["first", "second"])
    }

    @Test("members are listed in their order, page by page")
    func members() async throws {
        let jobs = (0..<7).map { #"{"key":"k\#($0)","payload":{"n":\#($0)}}"# }.joined(separator: ",")
        let reply = try await rig.post("/batches", #"{"jobs":[\#(jobs)]}"#)
        let ids = try ids(reply)
        let path = "/batches/\(try #require(try reply.string("batch_id")))/jobs"
        let page = try await rig.get("\(path)?per_page=3&page=2")
        #expect(try page.rows().map { $0["id"]?.string } == (3..<6).map { ids["k\($0)"]?.description })
        #expect(try page.header("X-Total-Count") == "7")
        #expect(try page.header("Link")?.contains("<\(path)?page=3&per_page=3>; rel=\"next\"") == true)
        _ = try await rig.send(.delete, "/jobs/\(try #require(ids["k0"]))")
        let first = try #require(try await rig.get(path).rows().first)
        #expect(first["status"]?.kind == .null)
        #expect(try await rig.get("\(path)?page=0").status == 400)
        #expect(try await rig.get("\(path)?page=\(Int.max)").text == "[]")
    }

    @Test("an unknown batch is 404", arguments: ["x", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "%00"])
    func unknown(id: String) async throws {
        #expect(try await rig.get("/batches/\(id)").status == 404)
        #expect(try await rig.get("/batches/\(id)/jobs").status == 404)
    }

    @Test("ten thousand members are taken, one more is not")
    func limit() async throws {
        func body(_ count: Int) -> String {
            "{\"jobs\":[" + Array(repeating: "{\"payload\":{}}", count: count).joined(separator: ",") + "]}"
        }
        #expect(try await rig.post("/batches", body(10_000)).status == 202)
        #expect(try await rig.post("/batches", body(10_001)).status == 422)
        #expect(try await rig.store.counts().total == 10_000)
    }
}
