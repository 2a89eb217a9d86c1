public import RoostJobs

/// Somebody outside who wants to be told how jobs end: an address, a secret, and which ends.
public struct Webhook: Sendable, Equatable {
    /// Its name for ever.
    public let id: JobID
    /// Where its deliveries are posted.
    public var url: WebhookURL
    /// What it is for, in its owner's words; at most `mostNoteCharacters`.
    public var note: String?
    /// What deliveries are signed with.
    public var secrets: WebhookSecrets
    /// Which ends it is told of.
    public var filter: WebhookFilter
    /// Whether it is told at all.
    public var isEnabled: Bool
    /// Why it was switched off, when Roost did it.
    public var disabledReason: String?
    /// Since when nothing got through; nil when the last delivery did.
    public var failingSince: Timestamp?
    /// When it was made.
    public let createdAt: Timestamp

    /// The longest note, Unicode scalars.
    public static let mostNoteCharacters = 200

    /// A webhook that is told from now on.
    public init(
        id: JobID = JobIDGenerator.shared.next(), url: WebhookURL, note: String? = nil,
        secrets: WebhookSecrets = WebhookSecrets(), filter: WebhookFilter = WebhookFilter(), isEnabled: Bool = true,
        createdAt: Timestamp = .now()
    ) {
        self.id = id
        self.url = url
        self.note = note
        self.secrets = secrets
        self.filter = filter
        self.isEnabled = isEnabled
        self.createdAt = createdAt
    }

    /// Switches it on again, as if nothing had failed.
    public mutating func enable() {
        isEnabled = true
        disabledReason = nil
        failingSince = nil
    }

    /// Switches it off; `reason` says why when nobody asked for it.
    public mutating func disable(reason: String? = nil) {
        isEnabled = false
        disabledReason = reason
    }
}
