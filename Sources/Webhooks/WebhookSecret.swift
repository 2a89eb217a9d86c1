import Crypto
import FoundationEssentials

/// What a webhook's deliveries are signed with: `whsec_` and base 64 of 24 to 64 bytes, as Standard Webhooks has it.
public struct WebhookSecret: Sendable, Equatable {
    /// The prefix that tells it from other secrets.
    public static let prefix = "whsec_"
    private let key: [UInt8]

    /// A new one: 256 random bits.
    public init() {
        var generator = SystemRandomNumberGenerator()
        key = (0..<32).map { _ in UInt8.random(in: 0 ... .max, using: &generator) }
    }

    /// One that was made elsewhere; nil when it is none: too short to be safe, too long, or not base 64.
    public init?(_ text: String) {
        guard text.hasPrefix(Self.prefix), text.utf8.count <= 128,
            let data = Data(base64Encoded: String(text.dropFirst(Self.prefix.count))), (24...64).contains(data.count)
        else { return nil }
        key = Array(data)
    }

    /// The secret as its owner gets it.
    public var text: String { Self.prefix + Data(key).base64EncodedString() }

    /// The signature of a delivery: `v1,` and base 64 of HMAC-SHA-256 over `id.timestamp.body`.
    /// - Parameter timestamp: seconds since 1970.
    public func signature(id: String, timestamp: Int64, body: [UInt8]) -> String {
        var code = HMAC<SHA256>(key: SymmetricKey(data: key))
        code.update(data: Array("\(id).\(timestamp).".utf8))
        code.update(data: body)
        return "v1," + Data(code.finalize()).base64EncodedString()
    }
}

extension WebhookSecret: CustomStringConvertible {
    /// Not the secret: descriptions end up in logs.
    public var description: String { "whsec_…" }
}
