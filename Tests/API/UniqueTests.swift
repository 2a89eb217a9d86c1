import HTTPTypes
import RoostAPI
import RoostJobs
import Testing

@Suite("unique jobs over HTTP")
struct UniqueTests {
    let rig = APIRig()

    @Test("the second job of a key is told that the first stands for it", arguments: [#""k""#, #"{"key":"k"}"#])
    func reject(unique: String) async throws {
        let first = try await rig.submit(#""unique":\#(unique)"#)
        let reply = try await rig.post("/jobs", #"{"payload":{"x":1},"unique":\#(unique)}"#)
        #expect(reply.status == 202)
        #expect(
            reply.text
                == #"{"status":"accepted","message":"Job already exists","job_id":"\#(first)","duplicate":true}"#)
        #expect(try await rig.store.counts().total == 1)
    }

    @Test("uniqueness by content looks at type, queue and the payload's bytes")
    func content() async throws {
        func id(_ body: String) async throws -> String? {
            try await rig.post("/jobs", "{\(body),\"unique\":{\"by\":\"content\"}}").string("job_id")
        }
        let first = try await id(#""type":"a","payload":{"x":1}"#)
        #expect(try await id(#""payload":{"x":1},"type":"a""#) == first)
        #expect(try await id(#""payload":{"x":1},"type":"a","queue":"default""#) == first)
        #expect(try await id(#""payload":{"x": 1},"type":"a""#) != first)
        #expect(try await id(#""payload":{"x":1},"type":"b""#) != first)
        #expect(try await id(#""payload":{"x":1},"type":"a","queue":"q""#) != first)
        #expect(try await rig.store.counts().total == 4)
        let job = try await rig.get("/jobs/\(try #require(first))")
        #expect(try job.string("unique")?.hasPrefix("content:") == true)
        #expect(try job.string("unique")?.utf8.count == 40)
    }

    @Test("replace puts the second in the place of the first")
    func replace() async throws {
        let unique = #""unique":{"key":"k","on_conflict":"replace"}"#
        let first = try await rig.submit(unique)
        let second = try await rig.submit(unique)
        #expect(first != second)
        #expect(try await rig.job(first).state == .cancelled)
        #expect(try await rig.get("/jobs/\(first)").string("error")?.contains(second.description) == true)
    }

    @Test("extend moves the first on")
    func extend() async throws {
        let unique = #""unique":{"key":"k","on_conflict":"extend"}"#
        let first = try await rig.submit(#""delay":60,\#(unique)"#)
        let later = try await rig.post("/jobs", #"{"payload":{},"run_at":"2099-01-01T00:00:00Z",\#(unique)}"#)
        #expect(try later.string("job_id") == first.description)
        #expect(try await rig.job(first).runAt == Timestamp(rfc3339: "2099-01-01T00:00:00Z"))
    }

    @Test("with a period a job that is done still keeps others away")
    func period() async throws {
        let unique = #""unique":{"key":"k","period":3600}"#
        let first = try await rig.submit(unique)
        _ = try await rig.store.settle(try await rig.claim().ticket, .succeeded(result: Array("1".utf8)))
        #expect(try await rig.submit(unique) == first)
    }
}
