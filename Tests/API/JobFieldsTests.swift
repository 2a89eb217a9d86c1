import HTTPTypes
import RoostAPI
import RoostJobs
import Testing

@Suite("the fields of a job")
struct JobFieldsTests {
    let rig = APIRig()

    @Test("every field reaches the store and comes back")
    func all() async throws {
        let parent = try await rig.submit()
        let trace = try #require(HTTPField.Name("traceparent"))
        let id = try await rig.submit(
            """
            "tenant":"acme","tags":["a","b:c"],"depends_on":["\(parent)"],"depends_rule":"ended",
            "start_by":"2099-01-01T00:00:00Z","deadline":"2099-02-01T00:00:00Z",
            "retry":{"kind":"exponential","base":1,"cap":60.5,"jitter":0.5}
            """, headers: [trace: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"])
        let job = try await rig.job(id)
        #expect(job.tenant == "acme" && job.tags == ["a", "b:c"] && job.parentRule == .ended && job.hasParents)
        #expect(job.startBy == Timestamp(rfc3339: "2099-01-01T00:00:00Z"))
        #expect(job.deadline == Timestamp(rfc3339: "2099-02-01T00:00:00Z"))
        #expect(
            job.retry
                == RetryPolicy(.exponential(base: .seconds(1), cap: .milliseconds(60_500)), jitter: 0.5))
        #expect(job.trace == "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        let reply = try await rig.get("/jobs/\(id)")
        #expect(try reply.raw("retry") == #"{"kind":"exponential","base":1,"cap":60.5,"jitter":0.5}"#)
        #expect(try reply.raw("tags") == #"["a","b:c"]"#)
        #expect(try reply.string("tenant") == "acme")
        #expect(try reply.string("depends_rule") == "ended")
        #expect(try reply.raw("parents") == #"[{"id":"\#(parent)","type":"default","status":"queued"}]"#)
        #expect(try reply.raw("depends_on") == #"["\#(parent)"]"#)
        #expect(try reply.rows("waiting").first?["reason"]?.string == "dependencies")
    }

    @Test("what is not given is null, empty or false")
    func none() async throws {
        let reply = try await rig.get("/jobs/\(try await rig.submit())")
        for null in ["retry", "start_by", "deadline", "tenant", "depends_rule", "batch", "traceparent", "progress"] {
            #expect(try reply.raw(null) == "null", "\(null)")
        }
        for empty in ["tags", "log", "failures", "parents", "depends_on"] {
            #expect(try reply.raw(empty) == "[]", "\(empty)")
        }
        #expect(try reply.raw("cancel_requested") == "false")
    }

    @Test(
        "a retry policy has four spellings",
        arguments: [
            (#"{"kind":"exponential"}"#, RetryPolicy()),
            (#"{"kind":"fixed","delay":2.5}"#, RetryPolicy(.fixed(.milliseconds(2500)))),
            (#"{"kind":"fixed","delay":10,"jitter":1}"#, RetryPolicy(.fixed(.seconds(10)), jitter: 1)),
            (#"{"kind":"list","delays":[1,2]}"#, RetryPolicy(.list([.seconds(1), .seconds(2)]))),
            ("[0,0.5]", RetryPolicy(.list([.zero, .milliseconds(500)]))),
        ])
    func retry(text: String, policy: RetryPolicy) async throws {
        #expect(try await rig.job(rig.submit(#""retry":\#(text)"#)).retry == policy)
    }

    @Test("spans count from the acceptance")
    func spans() async throws {
        let job = try await rig.job(rig.submit(#""start_within":10,"deadline_in":20.5"#))
        #expect(job.startBy?.since(job.insertedAt) == .seconds(10))
        #expect(job.deadline?.since(job.insertedAt) == .milliseconds(20_500))
    }

    @Test("a trace context that is none is ignored, as its standard says", arguments: ["x", "00-1-2-3", "00", ""])
    func badTrace(value: String) async throws {
        let trace = try #require(HTTPField.Name("traceparent"))
        #expect(try await rig.job(rig.submit(headers: [trace: value])).trace == nil)
    }

    @Test(
        "what is wrong is 422 under its path",
        arguments: [
            (#""tenant":"a b""#, "tenant"), (#""tenant":1"#, "tenant"), (#""tags":"a""#, "tags"),
            (#""tags":[1]"#, "tags[0]"), (#""tags":["a b"]"#, "tags"),
            (#""tags":["1","2","3","4","5","6","7","8","9"]"#, "tags"), (#""depends_on":["x"]"#, "depends_on[0]"),
            (#""depends_on":["01ARZ3NDEKTSV4RRFFQ69G5FAV","01ARZ3NDEKTSV4RRFFQ69G5FAV"]"#, "depends_on"),
            (#""depends_on":[7]"#, "depends_on[0]"), (#""depends_on":"01ARZ3NDEKTSV4RRFFQ69G5FAV""#, "depends_on"),
            (#""depends_rule":"all""#, "depends_rule"), (#""start_by":"soon""#, "start_by"),
            (#""start_within":-1"#, "start_within"), (#""deadline":5"#, "deadline"),
            (#""deadline_in":"5""#, "deadline_in"),
            (#""start_by":"2099-01-01T00:00:00Z","start_within":1"#, "start_within"),
            (#""deadline_in":1,"deadline":"2099-01-01T00:00:00Z""#, "deadline"),
            (#""retry":"fast""#, "retry"), (#""retry":{}"#, "retry.kind"),
            (#""retry":{"kind":"linear"}"#, "retry.kind"),
            (#""retry":{"kind":"fixed"}"#, "retry.delay"),
            (#""retry":{"kind":"fixed","delay":1,"cap":1}"#, "retry.cap"),
            (#""retry":{"kind":"exponential","base":-1}"#, "retry.base"),
            (#""retry":{"kind":"exponential","cap":1e18}"#, "retry.cap"),
            (#""retry":{"kind":"exponential","jitter":1.5}"#, "retry.jitter"),
            (#""retry":{"kind":"list"}"#, "retry.delays"), (#""retry":[]"#, "retry"), (#""retry":[1,"2"]"#, "retry[1]"),
            (#""retry":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]"#, "retry"),
            (#""idempotency_key":"a b""#, "idempotency_key"), (#""idempotency_key":1"#, "idempotency_key"),
            (#""idempotency_key":"""#, "idempotency_key"), (#""unique":{}"#, "unique.key"), (#""unique":7"#, "unique"),
            (#""unique":{"key":"a","by":"content"}"#, "unique.by"), (#""unique":{"by":"type"}"#, "unique.by"),
            (#""unique":{"key":"a","period":0}"#, "unique.period"),
            (#""unique":{"key":"a","period":-1}"#, "unique.period"),
            (#""unique":{"key":"a","on_conflict":"ignore"}"#, "unique.on_conflict"),
            (#""unique":{"key":"a","scope":"x"}"#, "unique.scope"), (#""unique":{"key":"work:X"}"#, "unique.key"),
            (#""unique":"content:abc""#, "unique"), (#""key":"a""#, "key"),
        ])
    func refusals(members: String, path: String) async throws {
        let reply = try await rig.post("/jobs", #"{"payload":{},\#(members)}"#)
        #expect(reply.status == 422, "\(reply.text)")
        #expect(try reply.paths() == [path])
        #expect(try await rig.store.counts().total == 0)
    }

    @Test(
        "numbers past every limit are refused, never a trap",
        arguments: [
            "-1", "1.5", "1e18", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "1e308", "-0.1",
            "18446744073709551616", "123456789012345678901234567890",
        ],
        ["priority", "max_attempts", "delay", "timeout", "result_ttl", "start_within", "deadline_in"])
    func numbers(number: String, field: String) async throws {
        let reply = try await rig.post("/jobs", #"{"payload":{},"\#(field)":\#(number)}"#)
        let isSpan = field != "priority" && field != "max_attempts"
        #expect(reply.status == (isSpan && number == "1.5" ? 202 : 422), "\(reply.text)")
    }

    @Test("a number that no reader can hold is malformed", arguments: ["1e400", "-1e400", "1e99999999999999999999"])
    func infinite(number: String) async throws {
        let reply = try await rig.post("/jobs", #"{"payload":{},"delay":\#(number)}"#)
        #expect(reply.status == 400)
        #expect(try reply.string("error")?.contains("out of range") == true)
    }
}
