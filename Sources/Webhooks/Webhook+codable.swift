import RoostJobs

/// How a webhook is kept: as JSON. Fields may be added; a reader passes over those it does not know.
extension Webhook: Codable {
    private enum CodingKeys: String, CodingKey {
        case id, url, note, secret, previous, events, types, queues, tags, enabled, reason, created
        case previousUntil = "previous_until"
        case failingSince = "failing_since"
    }

    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        func moment(_ key: CodingKeys) throws -> Timestamp? {
            try fields.decodeIfPresent(Int64.self, forKey: key).map { Timestamp(microseconds: $0) }
        }
        func checked<Value>(_ value: Value?, _ key: CodingKeys) throws -> Value {
            guard let value else {
                throw DecodingError.dataCorruptedError(forKey: key, in: fields, debugDescription: "not readable")
            }
            return value
        }
        id = try checked(JobID(fields.decode(String.self, forKey: .id)), .id)
        url = try checked(try? WebhookURL(fields.decode(String.self, forKey: .url)), .url)
        note = try fields.decodeIfPresent(String.self, forKey: .note)
        let current = try checked(WebhookSecret(fields.decode(String.self, forKey: .secret)), .secret)
        secrets = WebhookSecrets(
            current: current,
            previous: try fields.decodeIfPresent(String.self, forKey: .previous).flatMap { WebhookSecret($0) },
            previousUntil: try moment(.previousUntil))
        // Of a later release's events this one knows nothing.
        let events = try fields.decode([String].self, forKey: .events).compactMap { WebhookEvent(rawValue: $0) }
        filter = WebhookFilter(
            events: Set(events), types: try fields.decode([String].self, forKey: .types),
            queues: try fields.decode([String].self, forKey: .queues),
            tags: try fields.decode([String].self, forKey: .tags))
        isEnabled = try fields.decode(Bool.self, forKey: .enabled)
        disabledReason = try fields.decodeIfPresent(String.self, forKey: .reason)
        failingSince = try moment(.failingSince)
        createdAt = try checked(try moment(.created), .created)
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(id.description, forKey: .id)
        try fields.encode(url.text, forKey: .url)
        try fields.encodeIfPresent(note, forKey: .note)
        try fields.encode(secrets.current.text, forKey: .secret)
        try fields.encodeIfPresent(secrets.previous?.text, forKey: .previous)
        try fields.encodeIfPresent(secrets.previousUntil?.microseconds, forKey: .previousUntil)
        try fields.encode(filter.events.map(\.rawValue).sorted(), forKey: .events)
        try fields.encode(filter.types, forKey: .types)
        try fields.encode(filter.queues, forKey: .queues)
        try fields.encode(filter.tags, forKey: .tags)
        try fields.encode(isEnabled, forKey: .enabled)
        try fields.encodeIfPresent(disabledReason, forKey: .reason)
        try fields.encodeIfPresent(failingSince?.microseconds, forKey: .failingSince)
        try fields.encode(createdAt.microseconds, forKey: .created)
    }
}
