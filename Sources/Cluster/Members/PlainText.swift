/// Rules for text that came from outside (registry, wire) and ends on screens and in logs.
enum PlainText {
    /// Printable ASCII without spaces: no control character can reach a terminal, no look-alike can pose as another.
    static func isToken(_ text: String, limit: Int) -> Bool {
        let bytes = text.utf8
        return !bytes.isEmpty && bytes.count <= limit && bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    /// Printable ASCII, spaces allowed, may be empty.
    static func isLine(_ text: String, limit: Int) -> Bool {
        text.utf8.count <= limit && text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
    }

    /// `text` with everything that is not printable ASCII replaced, cut to `limit` bytes.
    static func line(_ text: String, limit: Int) -> String {
        String(decoding: text.utf8.prefix(limit).map { $0 >= 0x20 && $0 < 0x7F ? $0 : 0x3F }, as: UTF8.self)
    }

    /// Decimal digits only (`Int("+5")` parses, so it cannot be the check), without leading zeros, within the range.
    static func number(_ text: some StringProtocol, in range: ClosedRange<Int>) -> Int? {
        let digits = text.utf8
        guard !digits.isEmpty, digits.count <= 9, digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        guard digits.count == 1 || digits.first != 0x30, let value = Int(String(text)) else { return nil }
        return range.contains(value) ? value : nil
    }

    /// Whether JSON text nests deeper than `limit`: parsers recurse, and a thread's stack is finite.
    static func nests(_ json: [UInt8], deeperThan limit: Int) -> Bool {
        var depth = 0
        var inString = false
        var escaped = false
        for byte in json {
            if inString {
                if escaped {
                    escaped = false
                } else if byte == UInt8(ascii: "\\") {
                    escaped = true
                } else if byte == UInt8(ascii: "\"") {
                    inString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): inString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                if depth > limit { return true }
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
        }
        return false
    }
}
