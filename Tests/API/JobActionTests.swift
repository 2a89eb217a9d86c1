import HTTPTypes
import RoostAPI
import RoostJobs
import Testing

@Suite("cancel, retry, delete, why")
struct JobActionTests {
    static let unknown = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
    let rig = APIRig()

    @Test("a job that waits is cancelled at once, and again without harm")
    func cancelWaiting() async throws {
        for members in ["", #""delay":60"#] {
            let id = try await rig.submit(members)
            for _ in 0..<2 {
                let reply = try await rig.post("/jobs/\(id)/cancel", #"{"reason":"not needed"}"#)
                #expect(reply.status == 200)
                #expect(reply.text == #"{"id":"\#(id)","status":"cancelled","cancel_requested":false}"#)
            }
            #expect(try await rig.job(id).error == "not needed")
        }
    }

    @Test("a job that runs is asked to stop")
    func cancelRunning() async throws {
        let id = try await rig.submit()
        let claim = try await rig.claim()
        let reply = try await rig.send(.post, "/jobs/\(id)/cancel")
        #expect(reply.status == 202)
        #expect(reply.text == #"{"id":"\#(id)","status":"running","cancel_requested":true,"worker":"w"}"#)
        #expect(try await rig.get("/jobs/\(id)").raw("cancel_requested") == "true")
        _ = try await rig.store.settle(claim.ticket, .cancelled(reason: "stopped"))
        let job = try await rig.get("/jobs/\(id)")
        #expect(try job.string("status") == "cancelled")
        #expect(try job.string("error") == "cancelled by request")
        #expect(try job.raw("cancel_requested") == "false")
    }

    @Test("a job that ended cannot be cancelled, one that is not there is not found")
    func cancelEnded() async throws {
        _ = try await rig.submit()
        let id = try await rig.die()
        let reply = try await rig.send(.post, "/jobs/\(id)/cancel")
        #expect(reply.status == 409)
        #expect(reply.text == #"{"error":"The job is failed"}"#)
        for id in [Self.unknown, "x"] { #expect(try await rig.send(.post, "/jobs/\(id)/cancel").status == 404) }
    }

    @Test(
        "a cancel says no more than a reason",
        arguments: [(#"{"reson":"x"}"#, 422), (#"{"reason":1}"#, 422), ("[", 400)])
    func badCancel(body: String, status: Int) async throws {
        let id = try await rig.submit()
        #expect(try await rig.post("/jobs/\(id)/cancel", body).status == status)
        #expect(try await rig.job(id).state == .queued)
    }

    @Test("failed and cancelled jobs are tried again, others are not")
    func retry() async throws {
        _ = try await rig.submit()
        let id = try await rig.die()
        let reply = try await rig.send(.post, "/jobs/\(id)/retry")
        #expect(reply.status == 200)
        #expect(reply.text == #"{"id":"\#(id)","status":"queued"}"#)
        #expect(try await rig.send(.post, "/jobs/\(id)/retry").status == 409)
        _ = try await rig.send(.post, "/jobs/\(id)/cancel")
        #expect(try await rig.send(.post, "/jobs/\(id)/retry").status == 200)
        for id in [Self.unknown, "x"] { #expect(try await rig.send(.post, "/jobs/\(id)/retry").status == 404) }
    }

    @Test("a job that does not run is deleted with all that is known of it")
    func delete() async throws {
        let id = try await rig.submit()
        let claim = try await rig.claim()
        #expect(try await rig.send(.delete, "/jobs/\(id)").status == 409)
        _ = try await rig.store.settle(claim.ticket, .succeeded(result: Array("1".utf8)))
        let reply = try await rig.send(.delete, "/jobs/\(id)")
        #expect(reply.status == 204)
        #expect(reply.bytes.isEmpty)
        #expect(try await rig.get("/jobs/\(id)").status == 404)
        #expect(try await rig.send(.delete, "/jobs/\(id)").status == 404)
        #expect(try await rig.store.counts().total == 0)
    }

    @Test("a job tells why it does not run")
    func why() async throws {
        let id = try await rig.submit(#""type":"mail""#)
        _ = try await rig.store.setQueue("default", .pause)
        let reply = try await rig.get("/jobs/\(id)/why")
        #expect(reply.status == 200)
        #expect(try reply.string("status") == "queued")
        let reasons = try reply.rows("reasons")
        #expect(reasons.map { $0["reason"]?.string } == ["paused", "no_worker", "position"])
        #expect(reasons[0]["text"]?.string == "Queue default is paused")
        #expect(reasons[1]["type"]?.string == "mail")
        #expect(try await rig.get("/jobs/\(id)").rows("waiting").count == 3)
        let later = try await rig.submit(#""delay":60"#)
        let scheduled = try #require(try await rig.get("/jobs/\(later)/why").rows("reasons").first)
        #expect(scheduled["reason"]?.string == "scheduled")
        #expect(scheduled["until"]?.string.flatMap { Timestamp(rfc3339: $0) } != nil)
        #expect(try await rig.get("/jobs/\(Self.unknown)/why").status == 404)
    }

    @Test("a job that runs says where, one that ended says nothing")
    func whyRunning() async throws {
        let id = try await rig.submit()
        let claim = try await rig.claim()
        #expect(try await rig.get("/jobs/\(id)/why").rows("reasons").first?["worker"]?.string == "w")
        #expect(try await rig.get("/jobs/\(id)").raw("waiting") == "[]")
        _ = try await rig.store.settle(claim.ticket, .succeeded(result: []))
        #expect(try await rig.get("/jobs/\(id)/why").raw("reasons") == "[]")
    }

    @Test("progress, log and failed attempts are shown, and change the entity tag")
    func notes() async throws {
        let id = try await rig.submit()
        let claim = try await rig.claim()
        let before = try await rig.get("/jobs/\(id)").header("ETag")
        _ = try await rig.store.note(claim.ticket, progress: Array(#"{"done": 0.50}"#.utf8), log: ["one", "two"])
        let reply = try await rig.get("/jobs/\(id)")
        #expect(try reply.header("ETag") != before)
        #expect(try reply.raw("progress") == #"{"done": 0.50}"#)
        let log = try reply.rows("log")
        #expect(log.map { $0["text"]?.string } == ["one", "two"])
        #expect(log[0]["attempt"]?.int == 1)
        _ = try await rig.store.settle(claim.ticket, .failed(error: "no such host"))
        let failure = try #require(try await rig.get("/jobs/\(id)").rows("failures").first)
        #expect(failure["error"]?.string == "no such host")
        #expect(failure["attempt"]?.int == 1 && failure["worker"]?.string == "w")
    }
}
