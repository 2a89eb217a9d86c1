import HTTPTypes
import RoostAPI
import RoostJobs
import Testing

@Suite("POST /jobs, POST /jobs/schedule and GET /jobs/:id")
struct JobRoutesTests {
    let rig = APIRig()

    @Test("a job is accepted, with where to look for it")
    func accepted() async throws {
        let reply = try await rig.post("/jobs", #"{"payload": {"task": "process_data", "value": 42}}"#)
        #expect(reply.status == 202)
        let id = try #require(try reply.string("job_id"))
        #expect(JobID(id) != nil)
        #expect(reply.text == #"{"status":"accepted","message":"Job accepted","job_id":"\#(id)"}"#)
        #expect(try reply.header("Location") == "/jobs/\(id)")
        #expect(try reply.header("Retry-After") == "1")
        let job = try await rig.get("/jobs/\(id)")
        #expect(job.status == 200)
        #expect(try job.string("type") == "process_data")
        #expect(try job.string("status") == "queued")
        #expect(try job.raw("payload") == #"{"task": "process_data", "value": 42}"#)
        #expect(try job.raw("max_attempts") == "3")
        for null in ["started_at", "finished_at", "result", "error"] { #expect(try job.raw(null) == "null") }
    }

    @Test("every option reaches the store")
    func options() async throws {
        let body = """
            {"type":"mail","queue":"media","priority":1,"max_attempts":7,"timeout":1.5,"result_ttl":60,"unique":"k",
             "delay":90,"payload":{}}
            """
        let reply = try await rig.post("/jobs", body)
        let id = try #require(try reply.string("job_id").flatMap { JobID($0) })
        let job = try #require(try await rig.store.job(id))
        #expect(job.type == "mail" && job.queue == "media" && job.priority == 1 && job.maxAttempts == 7)
        #expect(job.timeout == .milliseconds(1500) && job.resultTTL == .seconds(60) && job.uniqueKey == "k")
        #expect(job.state == .scheduled)
        let again = try await rig.post("/jobs", #"{"payload":{},"unique":"k"}"#)
        #expect(try again.string("job_id") == id.description)
        #expect(try again.raw("duplicate") == "true")
    }

    @Test(
        "without a type the payload's task names it, where it can be a name",
        arguments: [
            (#"{"payload":{"task":"send_email"}}"#, "send_email"), (#"{"payload":{"task":"two words"}}"#, "default"),
            (#"{"payload":{"task":7}}"#, "default"), (#"{"payload":{}}"#, "default"),
            (#"{"type":"report","payload":{"task":"send_email"}}"#, "report"),
        ])
    func type(body: String, type: String) async throws {
        #expect(try await rig.post("/jobs", body).status == 202)
        #expect(try await rig.claim().job.type == type)
    }

    @Test("payload and result come back byte for byte")
    func bytes() async throws {
        let payload = #"{"big":123456789012345678901234567890, "f" : 1.10,"e":1E+2,"u":"\u00e9é😀\/","a":[ ],"z":-0}"#
        let reply = try await rig.post("/jobs", #"{"payload":  \#(payload) , "max_attempts":1}"#)
        let id = try #require(try reply.string("job_id"))
        let claim = try await rig.claim()
        #expect(claim.job.payload == Array(payload.utf8))
        _ = try await rig.store.settle(claim.ticket, .succeeded(result: Array(payload.utf8)))
        let job = try await rig.get("/jobs/\(id)")
        #expect(try job.raw("payload") == payload)
        #expect(try job.raw("result") == payload)
        #expect(try job.string("status") == "done")
        #expect(try job.string("finished_at").flatMap { Timestamp(rfc3339: $0) } != nil)
    }

    @Test("a scheduled job echoes its time as it was given")
    func schedule() async throws {
        let reply = try await rig.post(
            "/jobs/schedule", #"{"payload": {"task": "send_reminder"}, "run_at": "2099-12-31T23:59:59+01:00"}"#)
        #expect(reply.status == 202)
        let id = try #require(try reply.string("job_id"))
        #expect(
            reply.text == #"{"message":"Job scheduled","job_id":"\#(id)","run_at":"2099-12-31T23:59:59+01:00"}"#)
        #expect(try await rig.get("/jobs/\(id)").string("run_at") == "2099-12-31T22:59:59.000000Z")
    }

    @Test("a time that is over means now")
    func past() async throws {
        let body = #"{"payload": {"task": "send_reminder"}, "run_at": "2020-12-31T23:59:59Z"}"#
        #expect(try await rig.post("/jobs/schedule", body).status == 202)
        #expect(try await rig.claim().job.type == "send_reminder")
    }

    @Test(
        "a schedule without payload or time is refused",
        arguments: [
            "{}", #"{"payload":{}}"#, #"{"run_at":"2099-12-31T23:59:59Z"}"#,
            #"{"payload":[],"run_at":"2099-12-31T23:59:59Z"}"#, #"{"payload":{},"run_at":"tomorrow"}"#,
            #"{"payload":{},"run_at":1}"#,
        ])
    func badSchedule(body: String) async throws {
        let reply = try await rig.post("/jobs/schedule", body)
        #expect(reply.status == 400)
        #expect(reply.text == #"{"error":"Required fields: payload (object), run_at (ISO8601)"}"#)
    }

    @Test("an unknown job is 404", arguments: ["123", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "%00", "..%2f"])
    func unknown(id: String) async throws {
        let reply = try await rig.get("/jobs/\(id)")
        #expect(reply.status == 404)
        #expect(reply.text == #"{"error":"Job not found"}"#)
    }

    @Test("a job that did not change since is 304")
    func entityTag() async throws {
        let id = try #require(try await rig.post("/jobs", #"{"payload":{}}"#).string("job_id"))
        let tag = try #require(try await rig.get("/jobs/\(id)").header("ETag"))
        for list in [tag, "W/\(tag)", #""x", \#(tag)"#, "*"] {
            let reply = try await rig.get("/jobs/\(id)", headers: [.ifNoneMatch: list])
            #expect(reply.status == 304)
            #expect(reply.bytes.isEmpty)
        }
        _ = try await rig.claim()
        let reply = try await rig.get("/jobs/\(id)", headers: [.ifNoneMatch: tag])
        #expect(reply.status == 200)
        #expect(try reply.header("ETag") != tag)
    }
}
