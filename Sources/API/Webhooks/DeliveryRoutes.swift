import HTTPTypes
import Hummingbird
import HummingbirdCore
import RoostJobs
import RoostWebhooks

/// What became of a webhook's deliveries, and sending one again.
struct DeliveryRoutes: Sendable {
    let store: any JobStore
    let configuration: APIConfiguration

    var routes: [APIRoute] {
        [
            .get("/webhooks/:id/deliveries", .listDeliveries) { request, context in try await list(request, context) },
            .post("/webhooks/:id/deliveries/:delivery/redeliver", .redeliver) { _, context in
                try await redeliver(context)
            }.needing(.admin),
        ]
    }

    /// The log, newest first: attempts of deliveries.
    private func list(_ request: Request, _ context: APIRequestContext) async throws -> Response {
        let id = try await webhook(context)
        let limit = try PageQuery(request.uri, path: request.uri.path).perPage
        let before = try Self.position(request.uri)
        let log = DeliveryLog(id, in: store)
        let page = try await told(.read) { () throws(StoreError) in try await log.page(before: before, limit: limit) }
        var json = JSONWriter(capacity: 256 * page.attempts.count + 2)
        json.array { json in for attempt in page.attempts { json.write(attempt.record, at: attempt.at) } }
        var response = Response(json: json)
        if let next = page.next {
            response.headers[.link] = "</webhooks/\(id)/deliveries?before=\(next)&per_page=\(limit)>; rel=\"next\""
        }
        return response
    }

    private func redeliver(_ context: APIRequestContext) async throws -> Response {
        let webhook = try await webhook(context)
        guard let delivery = context.parameters.decoded("delivery").flatMap({ JobID($0) }),
            let job = try await told(.read, { () throws(StoreError) in try await store.job(delivery) }),
            job.type == DeliveryOrder.type, let order = DeliveryOrder(payload: job.payload), order.webhook == webhook
        else { throw APIError(.notFound, "Delivery not found, or its time is over") }
        let again = order.again.newJob(id: JobIDGenerator.shared.next(), rules: configuration.webhooks)
        return .accepted(try await store.accept(again), message: "Delivery accepted")
    }

    private func webhook(_ context: APIRequestContext) async throws -> JobID {
        let book = WebhookBook(store: store, rules: configuration.webhooks)
        guard let id = context.parameters.jobID,
            try await told(.read, { () throws(StoreError) in try await book.webhook(id) }) != nil
        else { throw WebhookRoutes.notFound }
        return id
    }

    private static func position(_ uri: URI) throws(APIError) -> Int64? {
        guard let text = uri.queryParameters["before"] else { return nil }
        // `Int64` takes a plus sign, a query does not.
        guard (1...18).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let position = Int64(text)
        else { throw APIError(.badRequest, "'before' must be a position from a Link header") }
        return position
    }
}
