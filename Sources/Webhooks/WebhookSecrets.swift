public import RoostJobs

/// A webhook's secret, and the one before it while receivers are told the new one.
public struct WebhookSecrets: Sendable, Equatable {
    /// Signs every delivery.
    public private(set) var current: WebhookSecret
    /// Signs deliveries too, until `previousUntil`.
    public private(set) var previous: WebhookSecret?
    /// When `previous` is over.
    public private(set) var previousUntil: Timestamp?

    /// How long the old secret goes on after a rotation.
    public static let overlap = Duration.seconds(86_400)

    /// Secrets; a new one unless told.
    public init(
        current: WebhookSecret = WebhookSecret(), previous: WebhookSecret? = nil, previousUntil: Timestamp? = nil
    ) {
        self.current = current
        self.previous = previous
        self.previousUntil = previousUntil
    }

    /// Makes a new secret the current one; the old one goes on signing for `overlap`.
    public mutating func rotate(to secret: WebhookSecret = WebhookSecret(), now: Timestamp) {
        previous = current
        previousUntil = now.advanced(by: Self.overlap)
        current = secret
    }

    /// The `webhook-signature` header: one signature a secret, separated by a space.
    public func signatures(id: String, now: Timestamp, body: [UInt8]) -> String {
        var secrets = [current]
        if let previous, let previousUntil, now < previousUntil { secrets.append(previous) }
        let seconds = now.milliseconds / 1000
        return secrets.map { $0.signature(id: id, timestamp: seconds, body: body) }.joined(separator: " ")
    }
}
