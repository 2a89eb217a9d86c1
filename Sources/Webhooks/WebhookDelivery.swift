public import Logging
public import NIOCore
import NIOHTTP1
public import RoostJobs

/// Makes deliveries: the handler of `DeliveryOrder.type`. Tried again as its job says, so a receiver gets each at least
/// once; it knows repeats by their `webhook-id`.
public struct WebhookDelivery: Sendable {
    let store: any JobStore
    let rules: WebhookRules
    let agent: String
    let post: WebhookPost
    private let logger: Logger

    /// A handler.
    /// - Parameter agent: the `User-Agent` receivers see.
    public init(
        store: any JobStore, rules: WebhookRules, agent: String, group: any EventLoopGroup, logger: Logger
    ) {
        self.init(
            store: store, rules: rules, agent: agent, post: WebhookPost(rules: rules, group: group), logger: logger)
    }

    init(store: any JobStore, rules: WebhookRules, agent: String, post: WebhookPost, logger: Logger) {
        self.store = store
        self.rules = rules
        self.agent = agent
        self.post = post
        self.logger = logger
    }

    /// One attempt. Throws a `JobOutcome` for what shall become of the delivery when it did not get through.
    public func run(_ payload: [UInt8], _ context: JobContext) async throws -> [UInt8] {
        guard let order = DeliveryOrder(payload: payload) else { throw JobOutcome.discard("this is no delivery") }
        guard let webhook = try await book.webhook(order.webhook) else {
            throw JobOutcome.cancel("the webhook is gone")
        }
        guard webhook.isEnabled || order.isForced else { throw JobOutcome.cancel("the webhook is switched off") }
        let started = ContinuousClock.now
        let result = await post.send(to: webhook.url, headers: headers(of: order, webhook), body: order.body)
        // Called off while it waited: what became of it is not known, and somebody else decides.
        try Task.checkCancellation()
        let took = (.now - started).clampedMilliseconds
        let (status, end) = judge(result)
        await note(
            DeliveryRecord(
                delivery: context.id.description, event: order.event, job: order.job?.description,
                attempt: context.attempt, status: status, error: end.error, milliseconds: took),
            order.webhook)
        try await remember(end, webhook)
        switch end {
        case .delivered:
            var json = JSONBytes()
            json.add("status", status ?? 0)
            json.add("milliseconds", Int(clamping: took))
            return json.object
        case .over(let error): throw JobOutcome.discard(error)
        case .gone: throw JobOutcome.discard(Self.gone)
        case .again(let wait?, let error): throw JobOutcome.retry(after: wait, error)
        case .again(nil, let error): throw DeliveryFailed(description: error)
        }
    }

    private var book: WebhookBook { WebhookBook(store: store, rules: rules) }

    private func headers(of order: DeliveryOrder, _ webhook: Webhook) -> HTTPHeaders {
        let now = Timestamp.now()
        return [
            "Content-Type": "application/json",
            "User-Agent": agent,
            "webhook-id": order.message,
            "webhook-timestamp": String(now.milliseconds / 1000),
            "webhook-signature": webhook.secrets.signatures(id: order.message, now: now, body: order.body),
        ]
    }

    private enum End {
        case delivered
        case gone
        case again(Duration?, String)
        case over(String)

        var error: String? {
            switch self {
            case .delivered: nil
            case .gone: WebhookDelivery.gone
            case .again(_, let error), .over(let error): error
            }
        }
    }

    private static let gone = "the receiver answered 410: it wants no more deliveries"

    private func judge(_ result: Result<PostAnswer, PostFault>) -> (status: Int?, end: End) {
        switch result {
        case .failure(.refused(let error)): return (nil, .over(ErrorText.cut(error)))
        case .failure(.failed(let error)): return (nil, .again(nil, ErrorText.cut(error)))
        case .success(let answer):
            let verdict = DeliveryVerdict(
                status: answer.status, retryAfter: answer.retryAfter, now: .now(), longest: rules.longestRetryAfter)
            switch verdict {
            case .delivered: return (answer.status, .delivered)
            case .gone: return (answer.status, .gone)
            case .again(let wait, let error): return (answer.status, .again(wait, error))
            }
        }
    }

    /// Keeps in the webhook how it goes: since when nothing gets through, and that it is over when the receiver says so
    /// or was silent for too long.
    private func remember(_ end: End, _ webhook: Webhook) async throws(StoreError) {
        let (now, patience) = (Timestamp.now(), rules.patience)
        switch end {
        case .delivered:
            // It has it: no failure of ours may have it sent again.
            if webhook.failingSince != nil { _ = try? await book.change(webhook.id) { $0.failingSince = nil } }
        case .gone:
            // Its owner may have given it another address meanwhile.
            let changed = try await book.change(webhook.id) {
                if $0.url == webhook.url { $0.disable(reason: Self.gone) }
            }
            if changed?.isEnabled == false { notice(webhook, Self.gone) }
        case .again, .over:
            guard let since = webhook.failingSince else {
                try await book.change(webhook.id) { $0.failingSince = $0.failingSince ?? now }
                return
            }
            guard webhook.isEnabled, now.since(since) >= patience else { return }
            let reason = "nothing got through since \(since.rfc3339)"
            let changed = try await book.change(webhook.id) {
                if $0.failingSince == since, $0.url == webhook.url { $0.disable(reason: reason) }
            }
            if changed?.isEnabled == false { notice(webhook, reason) }
        }
    }

    private func notice(_ webhook: Webhook, _ reason: String) {
        logger.warning("webhook switched off", metadata: ["webhook": "\(webhook.id)", "reason": "\(reason)"])
    }

    /// The log is a help for people: that it cannot be written is no reason to deliver again.
    private func note(_ record: DeliveryRecord, _ webhook: JobID) async {
        do throws(StoreError) {
            try await DeliveryLog(webhook, in: store).append(record, keeping: rules.logLength)
        } catch {
            logger.debug("delivery not logged", metadata: ["webhook": "\(webhook)", "error": "\(error.message)"])
        }
    }
}

/// A delivery did not get through; it is tried again after the usual wait.
struct DeliveryFailed: Error, CustomStringConvertible {
    let description: String
}
