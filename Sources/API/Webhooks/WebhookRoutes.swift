import HTTPTypes
import Hummingbird
import HummingbirdCore
import RoostJobs
import RoostWebhooks

/// Webhooks: who outside is told how jobs end.
struct WebhookRoutes: Sendable {
    let store: any JobStore
    let configuration: APIConfiguration

    var routes: [APIRoute] {
        [
            .get("/webhooks", .listWebhooks) { _, _ in try await list() },
            .get("/webhooks/:id", .getWebhook) { _, context in
                var json = JSONWriter()
                json.write(try await webhook(context))
                return Response(json: json)
            },
            .post("/webhooks", .addWebhook) { request, _ in try await add(request) }.needing(.admin),
            .patch("/webhooks/:id", .changeWebhook) { request, context in
                try await change(request, context)
            }.needing(.admin),
            .delete("/webhooks/:id", .deleteWebhook) { _, context in try await delete(context) }.needing(.admin),
            .post("/webhooks/:id/test", .testWebhook) { _, context in try await test(context) }.needing(.admin),
        ] + DeliveryRoutes(store: store, configuration: configuration).routes
    }

    private var book: WebhookBook { WebhookBook(store: store, rules: configuration.webhooks) }

    private func list() async throws -> Response {
        let webhooks = try await told(.read) { () throws(StoreError) in try await book.all() }
        var json = JSONWriter(capacity: 512 * webhooks.count + 2)
        json.array { json in for webhook in webhooks { json.write(webhook) } }
        return Response(json: json)
    }

    private func add(_ request: Request) async throws -> Response {
        let envelope = try await envelope(request, .new)
        guard let url = envelope.url else { throw APIError.invalid(envelope.issues, Self.invalid) }
        let secret = envelope.secret ?? WebhookSecret()
        var new = Webhook(url: url, secrets: WebhookSecrets(current: secret))
        envelope.apply(to: &new, newSecret: secret, now: .now())
        let webhook = new
        guard try await told(.change, { () throws(StoreError) in try await book.add(webhook) }) else {
            throw APIError(.conflict, "There are as many webhooks as may be: \(configuration.webhooks.mostWebhooks)")
        }
        var json = JSONWriter()
        json.write(webhook, secret: secret)
        var response = Response(status: .created, json: json)
        response.headers[.location] = "/webhooks/\(webhook.id)"
        // The secret is in it.
        response.headers[.cacheControl] = "no-store"
        return response
    }

    private func change(_ request: Request, _ context: APIRequestContext) async throws -> Response {
        let envelope = try await envelope(request, .change)
        guard let id = context.parameters.jobID else { throw Self.notFound }
        let (secret, now) = (WebhookSecret(), Timestamp.now())
        let changed = try await told(.change) { () throws(StoreError) in
            try await book.change(id) { envelope.apply(to: &$0, newSecret: secret, now: now) }
        }
        guard let changed else { throw Self.notFound }
        var json = JSONWriter()
        json.write(changed, secret: envelope.rotates ? changed.secrets.current : nil)
        var response = Response(json: json)
        if envelope.rotates { response.headers[.cacheControl] = "no-store" }
        return response
    }

    private func delete(_ context: APIRequestContext) async throws -> Response {
        guard let id = context.parameters.jobID,
            try await told(.change, { () throws(StoreError) in try await book.remove(id) })
        else { throw Self.notFound }
        return Response(status: .noContent)
    }

    /// A delivery that says it is a test.
    private func test(_ context: APIRequestContext) async throws -> Response {
        let webhook = try await webhook(context)
        let id = JobIDGenerator.shared.next()
        let job = DeliveryOrder.test(webhook.id, id: id, now: .now()).newJob(id: id, rules: configuration.webhooks)
        return .accepted(try await store.accept(job), message: "Test delivery accepted")
    }

    private func webhook(_ context: APIRequestContext) async throws -> Webhook {
        guard let id = context.parameters.jobID,
            let webhook = try await told(.read, { () throws(StoreError) in try await book.webhook(id) })
        else { throw Self.notFound }
        return webhook
    }

    private func envelope(_ request: Request, _ purpose: WebhookEnvelope.Purpose) async throws -> WebhookEnvelope {
        let bytes = try await request.bytes(
            upTo: configuration.maximumBodyBytes, within: configuration.bodyDeadline)
        let envelope = WebhookEnvelope(try .parse(body: bytes), purpose, configuration: configuration)
        guard envelope.issues.isEmpty else { throw APIError.invalid(envelope.issues, Self.invalid) }
        return envelope
    }

    private static let invalid = "Invalid webhook"
    static let notFound = APIError(.notFound, "Webhook not found")
}
