import RoostJobs
import RoostWebhooks

extension JSONWriter {
    /// A webhook; with its secret only where it was just made.
    mutating func write(_ webhook: Webhook, secret: WebhookSecret? = nil) {
        object { json in
            json.field("id", webhook.id.description)
            json.field("url", webhook.url.text)
            json.field("note", webhook.note)
            json.field("events", WebhookEvent.allCases.filter(webhook.filter.events.contains).map(\.rawValue))
            json.field("types", webhook.filter.types)
            json.field("queues", webhook.filter.queues)
            json.field("tags", webhook.filter.tags)
            json.field("enabled", webhook.isEnabled)
            json.field("disabled_reason", webhook.disabledReason)
            json.field("failing_since", webhook.failingSince)
            json.field("created_at", webhook.createdAt)
            json.field("previous_secret_until", webhook.secrets.previousUntil)
            if let secret { json.field("secret", secret.text) }
        }
    }

    /// One attempt of a delivery.
    mutating func write(_ record: DeliveryRecord, at moment: Timestamp) {
        object { json in
            json.field("delivery", record.delivery)
            json.field("event", record.event)
            json.field("job", record.job)
            json.field("attempt", record.attempt)
            json.field("at", moment)
            json.field("duration", seconds: .milliseconds(record.milliseconds))
            json.key("status")
            if let status = record.status { json.int(status) } else { json.null() }
            json.field("error", record.error)
        }
    }

    private mutating func field(_ name: String, _ texts: [String]) {
        key(name)
        array { json in for text in texts { json.string(text) } }
    }
}
