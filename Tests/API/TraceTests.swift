import HTTPTypes
import RoostAPI
import RoostJobs
import Testing

@Suite("a trace goes through")
struct TraceTests {
    static let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    let rig = APIRig()

    @Test("the trace of a request is kept with the job, shown with it, and echoed")
    func kept() async throws {
        let name = try #require(HTTPField.Name("traceparent"))
        let reply = try await rig.post("/jobs", #"{"payload":{}}"#, headers: [name: Self.trace])
        #expect(reply.headers[name] == Self.trace)
        let id = try #require(try reply.string("job_id").flatMap { JobID($0) })
        #expect(try await rig.job(id).trace == Self.trace)
        #expect(try await rig.get("/jobs/\(id)").string("traceparent") == Self.trace)
        // Nobody is handed somebody else's.
        #expect(try await rig.get("/jobs/\(id)").headers[name] == nil)
    }

    @Test(
        "every job of a bulk, a batch and a schedule has it",
        arguments: [
            ("/jobs/bulk", #"[{"payload":{}}]"#), ("/batches", #"{"jobs":[{"payload":{}}]}"#),
            ("/jobs/schedule", #"{"payload":{},"run_at":"2000-01-01T00:00:00Z"}"#),
        ])
    func many(path: String, body: String) async throws {
        let name = try #require(HTTPField.Name("traceparent"))
        #expect(try await rig.post(path, body, headers: [name: Self.trace]).status == 202)
        #expect(try await rig.store.list(JobQuery()).jobs.map(\.trace) == [Self.trace])
    }

    @Test(
        "what is no trace is ignored, as the standard has it",
        arguments: [
            "x", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        ])
    func malformed(text: String) async throws {
        let name = try #require(HTTPField.Name("traceparent"))
        let reply = try await rig.post("/jobs", #"{"payload":{}}"#, headers: [name: text])
        #expect(reply.status == 202 && reply.headers[name] == nil)
        let id = try #require(try reply.string("job_id").flatMap { JobID($0) })
        #expect(try await rig.job(id).trace == nil)
    }
}
