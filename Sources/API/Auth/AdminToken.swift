/// A token given by the environment, not by the store: it may do everything, and is there before the first other one.
public struct AdminToken: Sendable {
    let digest: SecretDigest

    /// 128 bits in the densest usual notation, base64, are 22 characters; in hexadecimal digits 32.
    private static let shortest = 32
    private static let longest = 512

    /// Takes a secret of 32 to 512 letters, digits and `-._~+/=`, of which eight differ; nil for anything else.
    public init?(_ text: String) {
        guard (Self.shortest...Self.longest).contains(text.utf8.count), text.utf8.allSatisfy(Self.isAllowed),
            Set(text.utf8).count >= 8
        else { return nil }
        digest = SecretDigest(of: text)
    }

    /// What RFC 6750 has a bearer token made of; all of it may be in a cookie.
    static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "+"),
            UInt8(ascii: "/"), UInt8(ascii: "="):
            true
        default: false
        }
    }
}
