import HTTPTypes
import RoostAPI
import RoostJobs
import Testing

@Suite("POST /jobs/actions")
struct BulkActionTests {
    let rig = APIRig()

    private func act(_ body: String) async throws -> (matched: Int?, done: Int?, failed: Int?, more: Bool?) {
        let reply = try await rig.post("/jobs/actions", body)
        #expect(reply.status == 200, "\(reply.text)")
        let json = try reply.json
        return (json["matched"]?.int, json["done"]?.int, json["failed"]?.int, json["has_more"]?.bool)
    }

    private func fill(_ count: Int, _ type: String = "a", tag: String = "x") async throws -> [JobID] {
        let jobs = (0..<count).map { _ in
            var job = NewJob(type: type, queue: "default", payload: Array("{}".utf8))
            job.tags = [tag]
            return job
        }
        _ = try await rig.store.enqueue(jobs)
        return jobs.map(\.id)
    }

    @Test("what matches is cancelled, and nothing else")
    func cancel() async throws {
        let ids = try await fill(450)
        _ = try await fill(3, "b")
        let running = try await rig.claim()
        let later = try await rig.submit(#""type":"a","delay":60"#)
        let reply = try await rig.post("/jobs/actions", #"{"action":"cancel","q":"type:a","reason":"not needed"}"#)
        #expect(try reply.raw("matched") == "451" && reply.raw("done") == "451" && reply.raw("failed") == "0")
        #expect(try reply.raw("has_more") == "false" && reply.raw("dry_run") == "false")
        #expect(try JSONScanner.parseArray(Array(try #require(try reply.raw("sample")).utf8)).count == 10)
        #expect(try await rig.job(ids[7]).error == "not needed")
        #expect(try await rig.job(later).state == .cancelled)
        #expect(try await rig.store.notes(running.job.id)?.cancelReason == "not needed")
        #expect(try await rig.store.counts()[.queued] == 3)
    }

    @Test("a dry run counts and names some, and changes nothing")
    func dryRun() async throws {
        let ids = try await fill(12)
        let reply = try await rig.post("/jobs/actions", #"{"action":"delete","all":true,"dry_run":true}"#)
        #expect(try reply.raw("matched") == "12" && reply.raw("done") == "0" && reply.raw("dry_run") == "true")
        let sample = try JSONScanner.parseArray(Array(try #require(try reply.raw("sample")).utf8)).compactMap(\.string)
        #expect(sample == ids.reversed().prefix(10).map(\.description))
        #expect(try await rig.store.counts()[.queued] == 12)
    }

    @Test("a limit ends a call, and the next goes on")
    func limit() async throws {
        _ = try await fill(250)
        #expect(try await act(#"{"action":"delete","q":"tag:x","limit":240}"#) == (240, 240, 0, true))
        #expect(try await act(#"{"action":"delete","q":"tag:x","limit":10}"#) == (10, 10, 0, false))
        #expect(try await act(#"{"action":"delete","q":"tag:x"}"#) == (0, 0, 0, false))
    }

    @Test("dead letters and cancelled jobs are queued again by what they died of")
    func retry() async throws {
        _ = try await fill(3)
        let ids = [try await rig.die("timeout 1"), try await rig.die("timeout 2"), try await rig.die("other")]
        let cancelled = try await rig.submit()
        _ = try await rig.send(.post, "/jobs/\(cancelled)/cancel")
        #expect(try await act(#"{"action":"retry","filter":{"error":"TIMEOUT"}}"#) == (2, 2, 0, false))
        #expect(try await rig.job(ids[2]).state == .failed)
        #expect(try await act(#"{"action":"retry","q":"state:cancelled"}"#) == (1, 1, 0, false))
        #expect(try await act(#"{"action":"retry","q":"state:queued"}"#) == (0, 0, 0, false))
        #expect(try await act(#"{"action":"retry","all":true}"#) == (1, 1, 0, false))
    }

    @Test("running jobs are never deleted")
    func running() async throws {
        _ = try await fill(3)
        _ = try await rig.claim()
        #expect(try await act(#"{"action":"delete","all":true}"#) == (2, 2, 0, false))
        #expect(try await act(#"{"action":"delete","q":"state:running"}"#) == (0, 0, 0, false))
        #expect(try await rig.store.counts()[.running] == 1)
    }

    @Test("a filter's members mean what qualifiers mean")
    func filter() async throws {
        var job = NewJob(type: "a", queue: "default", payload: Array("{}".utf8))
        job.terms = ["user_id": "42", "paid": "true"]
        _ = try await rig.store.enqueue([job])
        _ = try await fill(2)
        let filter = #"{"type":"a","state":"queued","user_id":42,"paid":true,"since":"2020-01-01","tag":null}"#
        #expect(try await act(#"{"action":"cancel","filter":\#(filter)}"#) == (1, 1, 0, false))
        #expect(try await rig.job(job.id).state == .cancelled)
    }

    @Test(
        "what is not clearly meant is refused",
        arguments: [
            #"{}"#, #"{"action":"cancel"}"#, #"{"action":"explode","all":true}"#, #"{"q":"type:a"}"#,
            #"{"action":"cancel","q":""}"#, #"{"action":"cancel","filter":{}}"#, #"{"action":"cancel","all":false}"#,
            #"{"action":"cancel","all":true,"q":"type:a"}"#, #"{"action":"cancel","q":"type:"}"#,
            #"{"action":"cancel","q":"type:a","limit":0}"#, #"{"action":"cancel","q":"type:a","limit":10001}"#,
            #"{"action":"cancel","filter":{"type":["a"]}}"#, #"{"action":"cancel","q":"type:a","filter":{"type":"a"}}"#,
            #"{"action":"retry","q":"type:a","reason":"x"}"#, #"{"action":"cancel","all":true,"x":1}"#,
            #"{"action":"cancel","filter":{"a b":"x"}}"#,
        ])
    func refused(body: String) async throws {
        _ = try await fill(1)
        let reply = try await rig.post("/jobs/actions", body)
        #expect(reply.status == 422, "\(reply.text)")
        #expect(try reply.raw("issues") != nil)
        #expect(try await rig.store.counts()[.queued] == 1)
    }
}
