import RoostJobs
import RoostWebhooks

/// A new webhook or a change of one, as it comes over the wire. What is not given stays; null is not given.
struct WebhookEnvelope {
    /// Whether it is to be made or changed.
    enum Purpose { case new, change }

    private(set) var url: WebhookURL?
    private(set) var note: String?
    private(set) var secret: WebhookSecret?
    private(set) var events: Set<WebhookEvent>?
    private(set) var types: [String]?
    private(set) var queues: [String]?
    private(set) var tags: [String]?
    private(set) var isEnabled: Bool?
    /// Whether a new secret shall take the old one's place.
    private(set) var rotates = false
    /// What is wrong.
    var issues: [NewJob.Issue] { reader.issues }
    private var reader: FieldReader

    init(_ object: JSONObject, _ purpose: Purpose, configuration: APIConfiguration) {
        reader = FieldReader(limit: configuration.maximumIssues)
        for (key, value) in object.members where value.kind != .null {
            switch (key, purpose) {
            case ("secret", .new):
                guard let text = reader.string(value, key) else { continue }
                secret = reader.take(WebhookSecret(text), key, "must be whsec_ and base 64 of 24 to 64 bytes")
            case ("rotate_secret", .change): rotates = reader.bool(value, key) ?? false
            default: read(key, value, configuration.webhooks)
            }
        }
        if purpose == .new, !object.has("url") { reader.add("url", "is missing") }
    }

    private mutating func read(_ key: String, _ value: JSONSlice, _ rules: WebhookRules) {
        switch key {
        case "url": url = readURL(value, rules)
        case "note": note = readNote(value)
        case "events": events = readEvents(value)
        case "types": types = names(value, key)
        case "queues": queues = names(value, key)
        case "tags": tags = names(value, key, bytes: JobLimits.tagBytes)
        case "enabled": isEnabled = reader.bool(value, key)
        default: reader.add(key, "is not a field of a webhook")
        }
    }

    private mutating func readURL(_ value: JSONSlice, _ rules: WebhookRules) -> WebhookURL? {
        guard let text = reader.string(value, "url") else { return nil }
        do throws(WebhookURL.Fault) {
            let url = try WebhookURL(text)
            guard let fault = url.fault(rules) else { return url }
            reader.add("url", fault)
        } catch {
            reader.add("url", error.message)
        }
        return nil
    }

    private mutating func readNote(_ value: JSONSlice) -> String? {
        guard let text = reader.string(value, "note") else { return nil }
        let most = Webhook.mostNoteCharacters
        return reader.take(
            text.unicodeScalars.count <= most ? text : nil, "note", "must be at most \(most) characters")
    }

    private mutating func readEvents(_ value: JSONSlice) -> Set<WebhookEvent>? {
        guard let texts = reader.strings(value, "events", most: 20) else { return nil }
        let words = WebhookEvent.allCases.map(\.rawValue).joined(separator: ", ")
        let events = texts.enumerated().compactMap { index, text in
            reader.take(WebhookEvent(rawValue: text), "events[\(index)]", "must be one of \(words)")
        }
        // No event at all would be a webhook that is switched off.
        return texts.isEmpty ? Set(WebhookEvent.allCases) : Set(events)
    }

    private mutating func names(
        _ value: JSONSlice, _ key: String, bytes: Int = JobLimits.nameBytes
    ) -> [String]? {
        reader.strings(value, key, most: WebhookFilter.mostNames)?.enumerated().compactMap { index, text in
            let isName = JobName.isValid(text) && text.utf8.count <= bytes
            return reader.take(isName ? text : nil, "\(key)[\(index)]", "is not a valid name")
        }
    }

    /// Does to a webhook what was asked for.
    func apply(to webhook: inout Webhook, newSecret: WebhookSecret, now: Timestamp) {
        if let url { webhook.url = url }
        if let note { webhook.note = note.isEmpty ? nil : note }
        if let events { webhook.filter.events = events }
        if let types { webhook.filter.types = types }
        if let queues { webhook.filter.queues = queues }
        if let tags { webhook.filter.tags = tags }
        switch isEnabled {
        case true?: webhook.enable()
        case false?: webhook.disable()
        case nil: break
        }
        if rotates { webhook.secrets.rotate(to: newSecret, now: now) }
    }
}
