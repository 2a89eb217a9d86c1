import Crypto

/// The SHA-256 of a secret: what is kept of it.
///
/// No slow hash: secrets here are random and long, and a request is checked in a microsecond.
public struct SecretDigest: Sendable {
    let bytes: [UInt8]

    /// The digest of a secret.
    init(of secret: String) { bytes = Array(SHA256.hash(data: Array(secret.utf8))) }

    /// 64 hexadecimal digits; nil for anything else.
    init?(hex text: String) {
        let digits = text.utf8.compactMap { byte -> UInt8? in
            switch byte {
            case 0x30...0x39: byte - 0x30
            case 0x61...0x66: byte - 0x57
            default: nil
            }
        }
        guard digits.count == 64, text.utf8.count == 64 else { return nil }
        bytes = stride(from: 0, to: 64, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    /// A digest that is no secret's: compared with where there is no record, so that the work is the same.
    static let none = SecretDigest(bytes: [UInt8](repeating: 0, count: 32))

    private init(bytes: [UInt8]) { self.bytes = bytes }

    var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// Whether both are the same, in a time that does not depend on where they differ. All 32 bytes are looked at:
    /// nothing here returns early.
    func isSame(as other: SecretDigest) -> Bool {
        var difference = UInt8(truncatingIfNeeded: bytes.count ^ other.bytes.count)
        for (one, another) in zip(bytes, other.bytes) { difference |= one ^ another }
        return difference == 0
    }
}
