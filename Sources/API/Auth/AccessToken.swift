import Crypto

/// A bearer token: `rst_<id>_<secret>`. Whoever has it may do what its record in the store says.
///
/// The id (80 bit) finds the record and may be shown; of the secret (160 bit) only a SHA-256 is kept.
public struct AccessToken: Sendable {
    /// What finds its record.
    public let id: String
    let secret: String

    /// What every token begins with: scanners for leaked secrets look for it.
    public static let prefix = "rst_"
    private static let idDigits = 16
    private static let secretDigits = 32

    /// The token as it is sent. Never to be logged.
    public var text: String { "\(Self.prefix)\(id)_\(secret)" }

    /// A fresh one, from the system's generator.
    public static func make() -> AccessToken {
        AccessToken(id: Base32.text(random(10)), secret: Base32.text(random(20)))
    }

    /// Reads a token; nil for what cannot be one.
    init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "_"), omittingEmptySubsequences: false)
        guard text.hasPrefix(Self.prefix), parts.count == 3 else { return nil }
        (id, secret) = (String(decoding: parts[1], as: UTF8.self), String(decoding: parts[2], as: UTF8.self))
        guard Self.isID(id), Base32.isText(secret, digits: Self.secretDigits) else { return nil }
    }

    private init(id: String, secret: String) {
        self.id = id
        self.secret = secret
    }

    /// Whether a text may be the id of a token.
    public static func isID(_ text: some StringProtocol) -> Bool { Base32.isText(text, digits: idDigits) }

    /// What is kept of the secret.
    var digest: SecretDigest { SecretDigest(of: secret) }

    private static func random(_ count: Int) -> [UInt8] {
        // On every platform of Swift a generator fit for secrets.
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }
}

extension AccessToken: CustomStringConvertible, CustomDebugStringConvertible {
    /// Its id only: what is printed by mistake must not be a secret.
    public var description: String { "\(Self.prefix)\(id)_…" }
    public var debugDescription: String { description }
}
