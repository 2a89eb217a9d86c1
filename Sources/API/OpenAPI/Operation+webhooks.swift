import RoostJobs
import RoostWebhooks

extension Operation {
    private static let webhook = Parameter.path("id", "The webhook")

    static let listWebhooks = Operation(
        id: "listWebhooks", tag: .webhooks, summary: "List webhooks",
        responses: [.ok("All of them, oldest first", .list(.ref("Webhook")))])
    static let getWebhook = Operation(
        id: "getWebhook", tag: .webhooks, summary: "Look at a webhook", parameters: [webhook],
        responses: [.ok("It, without its secret", .ref("Webhook")), .notFound])
    static let addWebhook = Operation(
        id: "addWebhook", tag: .webhooks, summary: "Have somebody told how jobs end",
        text: """
            Deliveries are signed as Standard Webhooks has it. The secret is in this reply and in no other. Addresses of \
            this machine and of private networks, and plain HTTP, are refused unless the server allows them.
            """,
        body: Body(schema: .ref("NewWebhook")),
        responses: [
            Reply(status: 201, text: "It is told from now on", schema: .ref("WebhookWithSecret"), headers: [.location]),
            .malformed, .tooSlow, .tooLarge, .conflict, .invalid,
        ])
    static let changeWebhook = Operation(
        id: "changeWebhook", tag: .webhooks, summary: "Change a webhook",
        text: """
            What is not given stays; an empty list does not narrow. With `rotate_secret` a new secret is in the reply; the \
            old one signs beside it for a day.
            """,
        parameters: [webhook], body: Body(schema: .ref("WebhookChange")),
        responses: [
            .ok("What holds now", .ref("WebhookWithSecret")), .malformed, .notFound, .tooSlow, .tooLarge, .invalid,
        ])
    static let deleteWebhook = Operation(
        id: "deleteWebhook", tag: .webhooks, summary: "Tell it no more", parameters: [webhook],
        responses: [.deleted, .notFound])
    static let testWebhook = Operation(
        id: "testWebhook", tag: .webhooks, summary: "Send it a test", text: "Also to one that is switched off.",
        parameters: [webhook],
        responses: [.accepted("The job that makes the delivery", .ref("Accepted")), .notFound, .full])
    static let listDeliveries = Operation(
        id: "listDeliveries", tag: .webhooks, summary: "List what became of its deliveries, newest first",
        text: "One row an attempt; the newest \(WebhookRules().logLength) are kept.",
        parameters: [
            webhook,
            .query("before", "Only those before this position, from `Link`", .text(pattern: "^[0-9]{1,18}$")),
            .query("per_page", "How many; more than 200 are 200", ["type": "integer", "minimum": 1, "default": 50]),
        ],
        responses: [
            .ok("Attempts", .list(.ref("DeliveryAttempt")), [.link]), .fault(400, "The query is wrong"), .notFound,
        ])
    static let redeliver = Operation(
        id: "redeliver", tag: .webhooks, summary: "Send a delivery again",
        text: "With the same `webhook-id` and body; also to a webhook that is switched off.",
        parameters: [webhook, .path("delivery", "The job that made the delivery")],
        responses: [.accepted("The job that makes the delivery", .ref("Accepted")), .notFound, .full])
}

extension Schemas {
    /// Webhooks and their deliveries.
    static let webhooks: Named = [
        "NewWebhook": .envelope(
            [
                "url!": address, "secret": .text(pattern: "^whsec_[A-Za-z0-9+/]{32,86}={0,2}$"), "note": note,
                "events": .list(event, most: 20), "types": names, "queues": names, "tags": tags, "enabled": .flag,
            ]),
        "WebhookChange": .envelope([
            "url": address, "rotate_secret": .flag, "note": note, "events": .list(event, most: 20), "types": names,
            "queues": names, "tags": tags, "enabled": .flag,
        ]),
        "Webhook": .reply(shown),
        "WebhookWithSecret": ["allOf": [.ref("Webhook"), .reply(["secret": .text])]],
        "DeliveryAttempt": .reply([
            "delivery!": .jobID, "event!": .text, "job!": .optional(.jobID), "attempt!": .count, "at!": .moment,
            "duration!": .seconds(), "status!": .optional(["type": "integer"]), "error!": .optional(.text),
        ]),
    ]

    private static let event: JSONValue = .words(WebhookEvent.allCases.map(\.rawValue))
    private static let names: JSONValue = .list(.name, most: WebhookFilter.mostNames)
    private static let tags: JSONValue = .list(
        .text(pattern: "^[A-Za-z0-9_./@:-]{1,40}$"), most: WebhookFilter.mostNames)
    private static let note: JSONValue = ["type": "string", "maxLength": .integer(Webhook.mostNoteCharacters)]
    private static let address: JSONValue = [
        "type": "string", "format": "uri", "pattern": "^https?://[^\\s@#]+$",
        "description": "Where deliveries are posted: visible ASCII, with no user name, no password and no fragment",
    ]
    private static let shown: KeyValuePairs<String, JSONValue> = [
        "id!": .jobID, "url!": .text, "note!": .optional(.text), "events!": .list(event), "types!": .list(.name),
        "queues!": .list(.name), "tags!": .list(.name), "enabled!": .flag, "disabled_reason!": .optional(.text),
        "failing_since!": .optional(.moment), "created_at!": .moment, "previous_secret_until!": .optional(.moment),
    ]
}
