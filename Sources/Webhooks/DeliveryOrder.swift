public import RoostJobs

/// One delivery to make, as the payload of the job that makes it. What is told is written down when the job's end is
/// seen: every attempt says the same, also when the record is gone by then.
public struct DeliveryOrder: Sendable, Equatable {
    /// Whom to tell.
    public let webhook: JobID
    /// The `webhook-id` header: the same for every attempt, and for a delivery that is sent again.
    public let message: String
    /// What it is about: `job.done` and so on.
    public let event: String
    /// The job whose end it tells; nil for a test.
    public let job: JobID?
    /// Whether it goes to a webhook that is switched off, too.
    public let isForced: Bool
    /// The bytes that are posted.
    public let body: [UInt8]

    /// The type of the jobs that make deliveries.
    public static let type = "roost.webhook"
    /// The queue they wait in, served by API nodes.
    public static let queue = "roost.webhooks"

    /// Reads the payload of such a job; nil when it is none.
    public init?(payload: [UInt8]) {
        // A result nests as deep as one may, inside the event inside the payload.
        guard let fields = try? JSONScanner.parseObject(payload, maximumDepth: JobLimits.depth + 4),
            let webhook = fields["webhook"]?.string.flatMap({ JobID($0) }),
            let message = fields["message"]?.string, Self.isMessage(message), let event = fields["event"]?.string,
            let body = fields["body"], body.kind == .object
        else { return nil }
        self.init(
            webhook: webhook, message: message, event: event, job: fields["job"]?.string.flatMap { JobID($0) },
            isForced: fields["forced"]?.bool ?? false, body: body.bytes)
    }

    init(webhook: JobID, message: String, event: String, job: JobID?, isForced: Bool, body: [UInt8]) {
        self.webhook = webhook
        self.message = message
        self.event = event
        self.job = job
        self.isForced = isForced
        self.body = body
    }

    /// A test of a webhook; `id` is the delivery's.
    public static func test(_ webhook: JobID, id: JobID, now: Timestamp) -> DeliveryOrder {
        DeliveryOrder(
            webhook: webhook, message: Self.message(id), event: WebhookEvent.test, job: nil, isForced: true,
            body: EventBody.test(webhook, now: now))
    }

    /// The same again, because somebody asked for it.
    public var again: DeliveryOrder {
        DeliveryOrder(webhook: webhook, message: message, event: event, job: job, isForced: true, body: body)
    }

    /// The job that makes the delivery.
    public func newJob(id: JobID, rules: WebhookRules) -> NewJob {
        var new = NewJob(
            id: id, type: Self.type, queue: Self.queue, payload: payload, maxAttempts: rules.maxAttempts,
            // Its own time-outs come first; this one is for a process that hangs.
            timeout: rules.timeout + .seconds(15), resultTTL: rules.keepDelivered)
        new.retry = rules.retry
        // Receivers take turns: one that is slow does not keep the others waiting.
        new.tenant = webhook.description
        return new
    }

    /// The `webhook-id` of a delivery.
    static func message(_ delivery: JobID) -> String { "msg_\(delivery)" }

    private var payload: [UInt8] {
        var payload = JSONBytes()
        payload.add("webhook", webhook.description)
        payload.add("message", message)
        payload.add("event", event)
        payload.add("job", job?.description)
        if isForced { payload.add("forced", true) }
        payload.add("body", json: body)
        return payload.object
    }

    /// It becomes a header.
    private static func isMessage(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count) && JobName.isValid(text)
    }
}
