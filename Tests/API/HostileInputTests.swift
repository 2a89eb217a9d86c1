import HTTPTypes
import RoostAPI
import RoostJobs
import Testing

@Suite("no input hurts the process")
struct HostileInputTests {
    static let requests: [(HTTPRequest.Method, String, String)] = [
        (
            .post, "/jobs",
            """
            {"payload":{"a":1},"type":"t","queue":"q","priority":1,"max_attempts":2,"delay":3,"timeout":4,"result_ttl":5,
            "unique":{"key":"k","period":6,"on_conflict":"extend"},"idempotency_key":"i","start_within":7,"deadline_in":8,
            "retry":{"kind":"exponential","base":1,"cap":2,"jitter":0.5},"tenant":"x","tags":["a"],"depends_rule":"done"}
            """
        ),
        (.post, "/jobs", #"{"payload":{},"retry":[1,2,3],"run_at":"2099-01-01T00:00:00Z","unique":{"by":"content"}}"#),
        (.post, "/jobs/bulk", #"[{"payload":{},"priority":1},{"payload":{},"delay":2}]"#),
        (.patch, "/queues/q", #"{"concurrency":1,"rate":{"count":1,"period":2},"tenant_rate":"5/10s","quota":9}"#),
        (.post, "/dead/replay", #"{"type":"a","queue":"b","limit":10,"dry_run":true,"ids":["x"]}"#),
        (
            .put, "/cron/c",
            #"{"schedule":"*/5 1-3 * JAN MON","time_zone":"+02:00","catch_up":"all","job":{"type":"x","timeout":1}}"#
        ),
        (
            .post, "/batches",
            #"{"jobs":[{"key":"a","payload":{},"priority":1},{"payload":{},"depends_on":["a"]}],"on_complete":{"type":"x"}}"#
        ),
    ]
    /// Requests whose body may be left out, or whose path is looked at first.
    static let leases: [(HTTPRequest.Method, String, String)] = [
        (.post, "/leases", #"{"queues":["a"],"types":["t"],"limit":1,"lease":30,"wait":0,"worker":"w"}"#),
        (.post, "/leases/x/progress", #"{"progress":0.5,"log":["a"]}"#),
        (.post, "/leases/x/fail", #"{"error":"e","retry":5,"discard":false}"#),
    ]
    static let values = [
        "0", "-0", "-1", "1.5", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "1e308", "1e-400",
        "1e400", "1E+18", "null", "true", "[]", "{}", #""""#, #""\u0000""#, #""\ud83d\ude00""#, "[[[[[[1]]]]]]",
        #"{"kind":"list"}"#, #""*""#, #""999999999/m""#, #""@every 999999999s""#, #"[null]"#, "[1e308]", "\"\u{7F}\"",
    ]

    @Test("a value of any kind in any place is taken or refused", arguments: (requests + leases).indices)
    func values(index: Int) async throws {
        let rig = APIRig()
        let (method, path, body) = (Self.requests + Self.leases)[index]
        let text = Array(body)
        var bodies: [[UInt8]] = []
        for start in text.indices where text[start] == ":" {
            // The value as far as its own delimiter: what remains may be malformed, which is a case as well.
            let end = text[(start + 1)...].firstIndex { $0 == "," || $0 == "}" } ?? text.endIndex
            bodies += Self.values.map { Array((String(text[...start]) + $0 + String(text[end...])).utf8) }
        }
        try await rig.send(method, path, each: bodies) { reply, body in
            #expect(reply.status < 500, "\(path) \(String(decoding: body, as: UTF8.self))")
        }
    }

    @Test("a body cut anywhere is malformed", arguments: requests.indices)
    func cut(index: Int) async throws {
        let rig = APIRig()
        let (method, path, body) = Self.requests[index]
        let bytes = Array(body.utf8)
        let cuts = stride(from: 0, to: bytes.count, by: 3).map { Array(bytes[..<$0]) }
        try await rig.send(method, path, each: cuts) { reply, body in
            #expect(reply.status == 400, "\(String(decoding: body, as: UTF8.self))")
        }
    }

    @Test(
        "a path of any kind is answered",
        arguments: [
            "%", "%2", "%zz", "%00", "%ff", "..", "%2e%2e", "*", "**", "{id}", ":id", "a%2Fb", "é", "%F0%9F%98%80",
        ])
    func paths(segment: String) async throws {
        let rig = APIRig()
        for path in ["/jobs/\(segment)/why", "/queues/\(segment)", "/cron/\(segment)", "/batches/\(segment)/jobs"] {
            #expect(try await rig.get(path).status < 500, "\(path)")
        }
        for path in ["/jobs/\(segment)/cancel", "/queues/\(segment)/pause", "/dead/\(segment)/replay"] {
            #expect(try await rig.send(.post, path).status < 500, "\(path)")
        }
    }
}
