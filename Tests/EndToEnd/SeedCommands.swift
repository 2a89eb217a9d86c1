import RoostJobs
import RoostProcessKit
import Testing

/// The curl commands of the documents Roost grew from, each with what it must answer.
struct SeedCommands {
    let curl: Curl

    /// The server's own pages.
    func pages() throws {
        #expect(try curl.get("/").body == "Server is running")
        let health = try curl.get("/health")
        #expect(health.status == 200 && health.string("status") == "OK")
        let stats = try curl.get("/stats")
        for key in ["queued", "running", "done", "failed", "total"] { #expect(stats.int(key) != nil, "\(key)") }
    }

    /// A job submitted, listed, watched to its end.
    func jobs() throws {
        let accepted = try curl.post(
            "/jobs", #"{"payload": {"task": "process_data", "value": 42}}"#, ["-H", "Content-Type: application/json"])
        #expect(accepted.status == 202 && accepted.string("message") == "Job accepted")
        let id = try #require(accepted.string("job_id"))
        #expect(accepted.headers.contains("location: /jobs/\(id.lowercased())"))
        let done = try finished(id)
        #expect(done.string("status") == "done")
        #expect(
            done.object?["payload"].map { String(decoding: $0.bytes, as: UTF8.self) }
                == #"{"task": "process_data", "value": 42}"#)
        #expect(done.object?["result"]?.object?["status"]?.string == "completed")
        #expect(done.object?["result"]?.object?["job_id"]?.string == id)
        for task in [
            #"{"payload": {"task": "send_email", "recipient": "user@example.com"}}"#,
            #"{"payload": {"task": "generate_report", "filters": {"date_range": "2024-01-01:2024-12-31", "type": "sales"}}}"#,
            #"{"payload": {"task": "process_batch", "items": [1, 2, 3, 4, 5]}}"#,
            #"{"payload": {"task": "critical_task"}, "max_attempts": 5}"#,
            #"{"type":"email","payload":{"to":"user@example.com","template":"welcome"}}"#,
        ] {
            let reply = try curl.post("/jobs", task)
            #expect(reply.status == 202, "\(reply.body)")
            let job = try finished(try #require(reply.string("job_id")))
            #expect(job.string("status") == "done", "\(job.body)")
        }
        #expect(try curl.get("/jobs").ids.contains(id))
        #expect(try curl.get("/jobs?status=done").ids.contains(id))
        #expect(try curl.get("/jobs?status=running").status == 200)
        #expect(try curl.get("/jobs?page=2&per_page=2").ids.count == 2)
    }

    /// What is refused, and how.
    func refusals() throws {
        let missing = try curl.post("/jobs", #"{"type":"x"}"#)
        #expect(missing.status == 400 && missing.body == #"{"error":"Missing 'payload' field"}"#)
        let unknown = try curl.get("/jobs/01ARZ3NDEKTSV4RRFFQ69G5FAV")
        #expect(unknown.status == 404 && unknown.body == #"{"error":"Job not found"}"#)
        let time = try curl.post("/jobs/schedule", #"{"payload":{}}"#)
        #expect(time.status == 400)
        #expect(time.string("error") == "Required fields: payload (object), run_at (ISO8601)")
        #expect(try curl.post("/jobs", #"{"payload":{},"priority":11}"#).status == 422)
        #expect(try curl.post("/jobs", "{").status == 400)
    }

    /// A job for later.
    func schedule() throws {
        let reply = try curl.post(
            "/jobs/schedule", #"{"payload": {"task": "send_reminder"}, "run_at": "2035-12-31T23:59:59Z"}"#)
        #expect(reply.status == 202 && reply.string("run_at") == "2035-12-31T23:59:59Z", "\(reply.body)")
        let id = try #require(reply.string("job_id"))
        #expect(try curl.get("/jobs/\(id)").string("status") == "scheduled")
    }

    /// Work given, its callback polled to `worked`. Returns who accepted it.
    func work(_ data: String) throws -> String {
        let reply = try curl.post("/api/v1/work", #"{"data":"\#(data)"}"#)
        #expect(reply.status == 202 && reply.string("status") == "accepted", "\(reply.body)")
        let callback = try #require(reply.string("callback"))
        if data == "foo" { #expect(callback == "ACBD18DB4CC2F85CEDEF654FCCC4A4D8") }
        _ = try eventually("\(data) to be worked") { () -> Bool? in
            let status = try curl.get("/api/v1/work/\(callback)").string("status")
            #expect(["pending", "working", "worked"].contains(status))
            return status == "worked" ? true : nil
        }
        return try #require(reply.string("accepted_by"))
    }

    /// The job, once it has ended.
    func finished(_ id: String, seconds: Int = 30) throws -> Curl.Reply {
        try eventually("job \(id) to end", seconds: seconds) {
            let job = try curl.get("/jobs/\(id)")
            return ["done", "failed", "cancelled"].contains(job.string("status")) ? job : nil
        }
    }
}
