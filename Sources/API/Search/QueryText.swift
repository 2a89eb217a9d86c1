import HTTPTypes
import HummingbirdCore

/// A value in a query string.
enum QueryText {
    /// The value of a parameter as its client meant it, a plus sign for a space; nil when it is not there. Throws for one
    /// that is badly encoded.
    static func value(_ uri: URI, _ name: String) throws(APIError) -> String? {
        for part in (uri.query ?? "").split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair[0] == name else { continue }
            guard let text = decoded(pair.count == 2 ? pair[1] : "") else {
                throw APIError(.badRequest, "'\(name)' is not well encoded")
            }
            return text
        }
        return nil
    }

    /// A text as it may stand in a query.
    static func encoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E, 0x3A, 0x40, 0x2F: bytes.append(byte)
            default: bytes += [0x25, hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case 0x2B: bytes.append(0x20)
            case 0x25:
                guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                    return nil
                }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        hex.firstIndex(of: (0x61...0x66).contains(byte) ? byte - 0x20 : byte).map { UInt8($0) }
    }

    private static let hex = Array("0123456789ABCDEF".utf8)
}
