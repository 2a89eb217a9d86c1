import RoostJobs
import Testing

@testable import RoostWebhooks

@Suite struct EventTests {
    private func job(_ change: (inout JobRecord) -> Void = { _ in }) -> JobRecord {
        var new = NewJob(type: "mail", queue: "out", payload: [])
        new.tags = ["a", "b"]
        var job = JobRecord(new, state: .done, insertedAt: Timestamp(milliseconds: 1000), runAt: nil)
        job.attempt = 2
        job.finishedAt = Timestamp(milliseconds: 2_000)
        job.result = Array(#"{"n":12345678901234567890}"#.utf8)
        change(&job)
        return job
    }

    private func text(_ event: WebhookEvent, _ job: JobRecord?, resultBytes: Int = 1000) -> String {
        let id = job?.id ?? JobID(high: 1 << 16, low: 1)
        let body = EventBody.end(
            event, of: id, job, now: Timestamp(milliseconds: 5000), resultBytes: resultBytes)
        return String(decoding: body, as: UTF8.self)
    }

    @Test("an event says what ended, how, and with which result, byte for byte")
    func done() throws {
        let job = job()
        #expect(
            text(.done, job)
                == #"{"type":"job.done","timestamp":"\#(job.finishedAt?.rfc3339 ?? "")","data":{"id":"\#(job.id)","#
                + #""type":"mail","queue":"out","attempt":2,"max_attempts":3,"tags":["a","b"],"#
                + #""inserted_at":"\#(job.insertedAt.rfc3339)","finished_at":"\#(job.finishedAt?.rfc3339 ?? "")","#
                + #""status":"done","result":{"n":12345678901234567890}}}"#)
    }

    @Test("a result that is too large is left out, and that is said")
    func large() {
        let text = text(.done, job(), resultBytes: 25)
        #expect(!text.contains("\"result\"") && text.contains(#""result_omitted":true"#))
    }

    @Test("an error's text cannot break out of its string")
    func failed() throws {
        let text = text(
            .failed,
            job {
                $0.state = .failed
                $0.error = "say \"no\",\n\\ /"
            })
        let object = try JSONScanner.parseObject(Array(text.utf8))
        #expect(object["data"]?.object?["error"]?.string == "say \"no\",\n\\ /")
        #expect(object["data"]?.object?["result"] == nil)
    }

    @Test("the end of a job that runs again tells nothing of its new life")
    func replayed() {
        let text = text(.failed, job { $0.state = .running })
        #expect(text.contains(#""status":"failed""#) && !text.contains("result"))
    }

    @Test("an end whose record is gone is still told")
    func gone() {
        let text = text(.done, nil)
        #expect(text.hasPrefix(#"{"type":"job.done""#) && text.hasSuffix(#","status":"done"}}"#))
    }

    @Test("an order is read back as it was written, and nothing else is one")
    func order() throws {
        let id = JobIDGenerator.shared.next()
        // A result as deep as one may be.
        let deep = String(repeating: "[", count: JobLimits.depth) + String(repeating: "]", count: JobLimits.depth)
        let body = text(.done, job { $0.result = Array(deep.utf8) })
        let order = DeliveryOrder(
            webhook: id, message: DeliveryOrder.message(id), event: "job.done", job: id, isForced: false,
            body: Array(body.utf8))
        let new = order.newJob(id: id, rules: WebhookRules())
        #expect(new.issues.isEmpty && new.queue == "roost.webhooks" && new.maxAttempts == 8)
        #expect(DeliveryOrder(payload: new.payload) == order)
        #expect(DeliveryOrder(payload: order.again.newJob(id: id, rules: WebhookRules()).payload)?.isForced == true)
        for bad in ["", "{}", "[]", #"{"webhook":"x","message":"m","event":"e","body":{}}"#] {
            #expect(DeliveryOrder(payload: Array(bad.utf8)) == nil, "\(bad)")
        }
        let split = #"{"webhook":"\#(id)","message":"a\r\nb","event":"e","body":{}}"#
        #expect(DeliveryOrder(payload: Array(split.utf8)) == nil)
    }

    @Test("whoever sees an end names its delivery the same; another end or webhook has another")
    func ids() {
        let (job, hook) = (JobIDGenerator.shared.next(), JobIDGenerator.shared.next())
        let end = JobEnd(position: "1-1", id: job, state: .done)
        let id = DeliveryID.of(end, to: hook)
        #expect(DeliveryID.of(end, to: hook) == id && DeliveryID.isDelivery(id))
        #expect(id.timestamp == job.timestamp)
        let others = [
            DeliveryID.of(JobEnd(position: "1-2", id: job, state: .done), to: hook),
            DeliveryID.of(JobEnd(position: "1-1", id: job, state: .failed), to: hook),
            DeliveryID.of(end, to: JobIDGenerator.shared.next()),
        ]
        #expect(Set(others + [id]).count == 4)
        #expect((0..<1000).allSatisfy { _ in !DeliveryID.isDelivery(JobIDGenerator.shared.next()) })
    }

    @Test("a filter's lists each narrow, and an empty one does not")
    func filter() {
        let job = job()
        #expect(WebhookFilter().passes(.done, job) && WebhookFilter().passes(.cancelled, nil))
        #expect(!WebhookFilter(events: [.failed]).passes(.done, job))
        #expect(WebhookFilter(types: ["x", "mail"]).passes(.done, job))
        #expect(!WebhookFilter(types: ["x"]).passes(.done, job))
        #expect(WebhookFilter(types: ["mail"], queues: ["out"], tags: ["b"]).passes(.done, job))
        #expect(!WebhookFilter(types: ["mail"], queues: ["in"]).passes(.done, job))
        #expect(!WebhookFilter(tags: ["c"]).passes(.done, job))
        #expect(!WebhookFilter(tags: ["a"]).passes(.done, nil))
    }

    @Test("what a receiver answers decides what becomes of a delivery")
    func verdicts() {
        let now = Timestamp(rfc3339: "1994-11-06T08:49:07Z") ?? .now()
        func verdict(_ status: Int, _ retryAfter: String? = nil) -> DeliveryVerdict {
            DeliveryVerdict(status: status, retryAfter: retryAfter, now: now, longest: .seconds(3600))
        }
        for status in [200, 201, 204, 299] { #expect(verdict(status) == .delivered) }
        #expect(verdict(410) == .gone)
        func wait(_ verdict: DeliveryVerdict) -> Duration? {
            if case .again(let wait, _) = verdict { wait } else { .seconds(-1) }
        }
        for status in [301, 307, 400, 401, 404, 500, 502] { #expect(wait(verdict(status, "7")) == nil) }
        for status in [429, 503] {
            #expect(wait(verdict(status)) == nil)
            #expect(wait(verdict(status, "7")) == .seconds(7))
            #expect(wait(verdict(status, "0")) == .zero)
            #expect(wait(verdict(status, "999999999")) == .seconds(3600))
            #expect(wait(verdict(status, "Sun, 06 Nov 1994 08:49:37 GMT")) == .seconds(30))
            #expect(wait(verdict(status, "Sun, 06 Nov 1994 08:00:00 GMT")) == .zero)
            for nonsense in ["", "soon", "-5", "+5", "99999999999999999999", "1.5", "Sun, 06 Foo 1994 08:49:37 GMT"] {
                #expect(wait(verdict(status, nonsense)) == nil, "\(nonsense)")
            }
        }
    }
}
