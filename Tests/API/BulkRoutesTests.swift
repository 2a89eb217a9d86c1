import HTTPTypes
import RoostAPI
import RoostJobs
import Testing

@Suite("POST /jobs/bulk")
struct BulkRoutesTests {
    let rig = APIRig()

    @Test("an array makes a job of each element, in order, byte for byte")
    func array() async throws {
        let body =
            #" [ {"payload":{"a":"],{\"["}, "max_attempts":1} ,{"payload":{"b":[1 ,2]}, "unique":"k"},{"payload":{},"unique":"k"}]"#
        let reply = try await rig.post("/jobs/bulk", body)
        #expect(reply.status == 202)
        #expect(try reply.raw("accepted") == "3")
        #expect(reply.text.contains(#""duplicate":true"#))
        #expect(try await rig.claim().job.payload == Array(#"{"a":"],{\"["}"#.utf8))
        #expect(try await rig.claim().job.payload == Array(#"{"b":[1 ,2]}"#.utf8))
        #expect(try await rig.store.counts().total == 2)
    }

    @Test("lines make a job each, and a bad line is told apart from the good ones")
    func lines() async throws {
        let reply = try await rig.post("/jobs/bulk", "{\"payload\":{}}\r\n\nnonsense\n{\"payload\":1}\n{}\n")
        #expect(reply.status == 207)
        #expect(try reply.raw("accepted") == "1")
        #expect(try reply.raw("refused") == "3")
        #expect(reply.text.contains(#"{"index":1,"status":"refused","error":"Malformed JSON"#))
        #expect(
            reply.text.contains(#"{"index":2,"status":"refused","error":"Invalid job","issues":[{"path":"payload""#))
        #expect(reply.text.contains(#"{"index":3,"status":"refused","error":"Missing 'payload' field"}"#))
    }

    @Test("a body without a good job is refused", arguments: [("[]", 400), ("", 400), ("[1]", 422), ("[1,", 400)])
    func refused(body: String, status: Int) async throws {
        #expect(try await rig.post("/jobs/bulk", body).status == status)
    }

    @Test("10,000 jobs are taken at once, 10,001 are not")
    func limit() async throws {
        func body(_ count: Int) -> String { String(repeating: "{\"payload\":{}}\n", count: count) }
        #expect(try await rig.post("/jobs/bulk", body(10_000)).status == 202)
        #expect(try await rig.post("/jobs/bulk", body(10_001)).status == 413)
        let array = "[" + Array(repeating: "{\"payload\":{}}", count: 10_001).joined(separator: ",") + "]"
        #expect(try await rig.post("/jobs/bulk", array).status == 413)
        #expect(try await rig.store.counts().total == 10_000)
    }

    @Test("a bulk may be as long as its limit of 32 MiB, and not one byte longer")
    func bytes() async throws {
        #expect(rig.configuration.maximumBulkBytes == 32 << 20)
        var rig = rig
        // So much is not looked through in a blink without optimization.
        let limit = 32 << 10
        rig.configuration.maximumBulkBytes = limit
        let row = "{\"payload\":{}}\n"
        let body = row + String(repeating: " ", count: limit - row.utf8.count)
        #expect(try await rig.post("/jobs/bulk", body).status == 202)
        #expect(try await rig.post("/jobs/bulk", body + " ").status == 413)
        #expect(try await rig.store.counts().total == 1)
    }
}
