import HTTPTypes
import RoostAPI
import RoostJobs
import Testing

@Suite("bad bodies are refused with a reason, and nothing is stored")
struct BadBodyTests {
    let rig = APIRig()

    @Test(
        "syntax that is not JSON is 400",
        arguments: [
            "", " ", "{", "[]", "null", "payload=1", #"{"payload":{}"#, #"{"payload":{}} x"#, #"{"payload":{},}"#,
            #"{"payload":{"a":1,"a":2}}"#, #"{"payload":{"a":"\ud800"}}"#, #"{"payload":{"a":"\u0000"}}"#,
            #"{"payload":{"a":01}}"#, #"{"payload":{"a":NaN}}"#, #"{"payload":{"a":1e999}}"#,
            #"{"payload":{"a":1e400}}"#, #"{"payload":{"a":-1e400}}"#,
            "\u{FEFF}{\"payload\":{}}", "{\"payload\":{}}\u{0}", "{\"pay\u{0}load\":{}}",
            "{\"payload\":{\"a\":\"\n\"}}",
        ])
    func syntax(body: String) async throws {
        let reply = try await rig.post("/jobs", body)
        #expect(reply.status == 400)
        #expect(try reply.string("error")?.hasPrefix("Malformed JSON") == true)
        #expect(try await rig.store.counts().total == 0)
    }

    @Test("bytes that are not UTF-8 are 400", arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82]])
    func encoding(bytes: [UInt8]) async throws {
        let body = Array(#"{"payload":{"a":""#.utf8) + bytes + Array(#""}}"#.utf8)
        #expect(try await rig.send(.post, "/jobs", bytes: body).status == 400)
    }

    @Test("a payload may nest 32 levels deep, not 33, and no depth hurts the process")
    func depth() async throws {
        func body(_ depth: Int) -> String {
            #"{"payload":{"a":"# + String(repeating: "[", count: depth - 1)
                + String(repeating: "]", count: depth - 1) + "}}"
        }
        #expect(try await rig.post("/jobs", body(32)).status == 202)
        #expect(try await rig.post("/jobs", body(33)).status == 400)
        #expect(try await rig.post("/jobs", body(100_000)).status == 400)
        #expect(try await rig.post("/api/v1/work", #"{"data":"# + String(repeating: "[", count: 500_000)).status == 400)
    }

    @Test("no payload is 400 in the words users know", arguments: ["{}", #"{"payload":null}"#, #"{"type":"x"}"#])
    func missing(body: String) async throws {
        let reply = try await rig.post("/jobs", body)
        #expect(reply.status == 400)
        #expect(reply.text == #"{"error":"Missing 'payload' field"}"#)
    }

    @Test(
        "a wrong field is 422 and named",
        arguments: [
            (#""payload":[]"#, "payload"), (#""payload":"x""#, "payload"), (#""payload":1"#, "payload"),
            (#""payload":{},"type":"a b""#, "type"), (#""payload":{},"type":1"#, "type"),
            (#""payload":{},"type":"""#, "type"), (#""payload":{},"queue":"ü""#, "queue"),
            (#""payload":{},"priority":0"#, "priority"), (#""payload":{},"priority":11"#, "priority"),
            (#""payload":{},"priority":2.5"#, "priority"), (#""payload":{},"priority":"1""#, "priority"),
            (#""payload":{},"priority":99999999999999999999"#, "priority"),
            (#""payload":{},"max_attempts":0"#, "max_attempts"), (#""payload":{},"max_attempts":1001"#, "max_attempts"),
            (#""payload":{},"delay":-1"#, "delay"), (#""payload":{},"delay":1e300"#, "delay"),
            (#""payload":{},"delay":"5m""#, "delay"), (#""payload":{},"timeout":0"#, "timeout"),
            (#""payload":{},"timeout":1e18"#, "timeout"), (#""payload":{},"result_ttl":-0.5"#, "result_ttl"),
            (#""payload":{},"run_at":"2025-02-30T00:00:00Z""#, "run_at"), (#""payload":{},"run_at":1"#, "run_at"),
            (#""payload":{},"run_at":"2099-01-01T00:00:00Z","delay":1"#, "delay"),
            (#""payload":{},"unique":"a b""#, "unique"), (#""payload":{},"unique":"""#, "unique"),
            (#""payload":{},"unique":"work:X""#, "unique"),
            (#""payload":{},"unique":{"by":null}"#, "unique.key"),
            (#""payload":{},"unique":{"key":null}"#, "unique.key"),
            (#""payload":{},"retry":{"kind":"fixed","delay":null}"#, "retry.delay"),
            (#""payload":{},"pirority":1"#, "pirority"),
        ])
    func field(members: String, path: String) async throws {
        let reply = try await rig.post("/jobs", "{\(members)}")
        #expect(reply.status == 422)
        #expect(try reply.string("error") == "Invalid job")
        #expect(try reply.raw("issues")?.hasPrefix(#"[{"path":"\#(path)","message":""#) == true)
        #expect(try await rig.store.counts().total == 0)
    }

    @Test("every issue is listed, up to a limit")
    func all() async throws {
        let body = #"{"payload":7,"type":"","priority":0,"max_attempts":"x","surprise\"":1}"#
        let issues = try #require(try await rig.post("/jobs", body).raw("issues"))
        for path in ["payload", "type", "priority", "max_attempts", #"surprise\""#] {
            #expect(issues.contains(#"{"path":"\#(path)","#))
        }
        let many = (0..<5000).map { #""x\#($0)":1"# }.joined(separator: ",")
        let reply = try await rig.post("/jobs", #"{"payload":{},\#(many)}"#)
        #expect(reply.status == 422)
        #expect(reply.text.split(separator: "path").count == 101)
    }

    @Test("a body of one MiB is taken, one byte more is 413 and ends the connection")
    func size() async throws {
        let frame = #"{"payload":{"a":""}}"#.utf8.count
        func body(_ size: Int) -> String { #"{"payload":{"a":"\#(String(repeating: "x", count: size - frame))"}}"# }
        #expect(try await rig.post("/jobs", body(1 << 20)).status == 202)
        let reply = try await rig.post("/jobs", body((1 << 20) + 1))
        #expect(reply.status == 413)
        #expect(reply.text == #"{"error":"The body has more than 1048576 bytes"}"#)
        #expect(try reply.header("Connection") == "close")
    }

    @Test("a body that takes longer than its deadline is 408 and ends the connection")
    func slow() async throws {
        var rig = rig
        rig.configuration.bodyDeadline = .seconds(-1)
        let reply = try await rig.post("/jobs", #"{"payload":{}}"#)
        #expect(reply.status == 408)
        #expect(try reply.header("Connection") == "close")
        #expect(try await rig.store.counts().total == 0)
    }

    @Test("problem details come to those who accept them")
    func problem() async throws {
        let reply = try await rig.post(
            "/jobs", #"{"payload":{},"priority":0}"#, headers: [.accept: "application/problem+json, */*"])
        #expect(reply.status == 422)
        #expect(try reply.header("Content-Type") == "application/problem+json")
        #expect(try reply.string("detail") == "Invalid job")
        #expect(try reply.raw("status") == "422")
        #expect(try reply.raw("issues")?.contains("priority") == true)
    }
}
