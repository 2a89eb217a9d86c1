import HTTPTypes
import RoostJobs
import RoostTestKit
import Testing

@testable import RoostAPI

@Suite("a request may wait for a job's end")
struct WaitTests {
    let rig = APIRig()

    private static func prefer(_ value: String) throws -> HTTPFields {
        [try #require(HTTPField.Name("Prefer")): value]
    }

    /// Takes the next job as soon as there is one, when somebody has begun to wait, and ends it.
    private func end(_ rig: APIRig, _ outcome: Outcome) async throws {
        let request = ClaimRequest(
            queues: ["default"], limit: 1, worker: "w", lease: .seconds(60), wait: .seconds(10))
        let claim = try #require(try await rig.store.claim(request).first)
        try await eventually("somebody waits") { rig.configuration.metrics.waiting.count > 0 }
        _ = try await rig.store.settle(claim.ticket, outcome)
    }

    @Test("a look is held until the job has ended")
    func look() async throws {
        let id = try await rig.submit()
        async let reply = rig.get("/jobs/\(id)", headers: Self.prefer("respond-async, wait=30"))
        try await end(rig, .succeeded(result: Array("[1]".utf8)))
        #expect(try await reply.status == 200)
        #expect(try await reply.string("status") == "done")
        #expect(try await reply.raw("result") == "[1]")
        #expect(try await reply.header("Preference-Applied") == "wait=30")
        #expect(rig.configuration.metrics.waiting.count == 0)
        // It has ended: there is nothing to wait for.
        let again = try await rig.get("/jobs/\(id)", headers: Self.prefer("wait=30"))
        #expect(try again.header("Preference-Applied") == nil)
    }

    @Test("a job that does not end in time is shown as it is, and no client waits longer than may be")
    func timeOver() async throws {
        var rig = rig
        rig.configuration.maximumWait = .seconds(1)
        let id = try await rig.submit()
        let look = try await rig.get("/jobs/\(id)", headers: Self.prefer("wait=99999999999999999999"))
        #expect(look.status == 200)
        #expect(try look.string("status") == "queued")
        #expect(try look.header("Preference-Applied") == "wait=1")
        let submit = try await rig.post("/jobs", #"{"payload":{}}"#, headers: Self.prefer("wait=2"))
        #expect(submit.status == 202)
        #expect(try submit.string("job_id") != nil)
        #expect(try submit.header("Preference-Applied") == "wait=1")
    }

    @Test("a submit is answered with the job and its result when that ends in time, well or not")
    func submit() async throws {
        let ends: [(Outcome, String)] = [(.done, "done"), (.failed(error: "no luck"), "failed")]
        for (outcome, status) in ends {
            async let reply = rig.post("/jobs", #"{"payload":{"a":1}}"#, headers: Self.prefer("wait=30"))
            try await end(rig, outcome)
            #expect(try await reply.status == 200)
            #expect(try await reply.string("status") == status)
            let id = try #require(try await reply.string("id"))
            #expect(try await reply.header("Location") == "/jobs/\(id)")
            #expect(try await reply.header("Preference-Applied") == "wait=30")
        }
    }

    @Test("a submit that is repeated waits for the first one's job")
    func repeated() async throws {
        var headers = try Self.prefer("wait=30")
        headers[try #require(HTTPField.Name("Idempotency-Key"))] = "k"
        let fields = headers
        for _ in 0..<2 {
            async let reply = rig.post("/jobs", #"{"payload":{}}"#, headers: fields)
            if try await rig.store.counts()[.done] == 0 { try await end(rig, .done) }
            #expect(try await reply.string("status") == "done")
        }
        #expect(try await rig.store.counts().total == 1)
    }

    @Test("a job that is deleted meanwhile is not found")
    func deleted() async throws {
        let id = try await rig.submit()
        async let reply = rig.get("/jobs/\(id)", headers: Self.prefer("wait=30"))
        try await eventually("somebody waits") { rig.configuration.metrics.waiting.count > 0 }
        _ = try await rig.store.delete(id)
        #expect(try await reply.status == 404)
    }

    @Test("the façade waits for its work")
    func work() async throws {
        let submitted = try await rig.post("/api/v1/work", #"{"data":"foo"}"#)
        let callback = try #require(try submitted.string("callback"))
        async let reply = rig.get("/api/v1/work/\(callback)", headers: Self.prefer("wait=30"))
        try await end(rig, .succeeded(result: Array("7".utf8)))
        #expect(try await reply.text == #"{"status":"worked","result":7}"#)
        #expect(try await reply.header("Preference-Applied") == "wait=30")
    }

    @Test("when too many wait, and on a node that drains, nobody does")
    func noWait() async throws {
        var narrow = rig
        narrow.configuration.maximumWaiting = 1
        let rig = narrow
        let id = try await rig.submit()
        async let first = rig.get("/jobs/\(id)", headers: Self.prefer("wait=30"))
        try await eventually("somebody waits") { rig.configuration.metrics.waiting.count > 0 }
        let second = try await rig.get("/jobs/\(id)", headers: Self.prefer("wait=30"))
        #expect(try second.string("status") == "queued")
        #expect(try second.header("Preference-Applied") == nil)
        rig.readiness.drain()
        #expect(try await first.string("status") == "queued")
    }

    @Test(
        "a preference is read as RFC 7240 has it",
        arguments: [
            ("wait=10", 10), ("WAIT = \"5\"", 5), ("respond-async, wait=7", 7), ("wait=3;x=y, wait=9", 3),
            ("wait=600", 60), ("wait=0", nil), ("wait", nil), ("wait=-1", nil), ("wait=+1", nil), ("wait=1.5", nil),
            ("wait=", nil), ("wait=\"\"", nil), ("", nil), ("waiting=4", nil), ("handling=strict; wait=4", nil),
        ] as [(String, Int?)])
    func preference(header: String, seconds: Int?) throws {
        #expect(WaitPreference(try Self.prefer(header), limit: .seconds(60))?.seconds == seconds)
    }
}
