/// What errors of one cause have in common: their first line with what differs from job to job replaced.
enum ErrorPattern {
    /// Bytes of a pattern; the rest is cut.
    static let maximumBytes = 200

    /// The pattern of an error's text: texts in quotation marks become `"…"`, words with digits (numbers, ids, addresses)
    /// `#`, spaces in a row one.
    static func of(_ error: String) -> String {
        var pattern: [UInt8] = []
        // A first line may be as long as an error.
        var rest = error.utf8.prefix { $0 != 0x0A }.prefix(4 * maximumBytes)[...]
        while let byte = rest.first, pattern.count < maximumBytes {
            // An apostrophe within a word begins nothing.
            if !(pattern.last.map(isOfWord) ?? false), let length = quoted(rest) {
                rest = rest.dropFirst(length)
                pattern += Array("\"…\"".utf8)
            } else if isOfWord(byte) {
                let word = rest.prefix(while: isOfWord)
                rest = rest.dropFirst(word.count)
                pattern += word.contains { (0x30...0x39).contains($0) } ? [UInt8(ascii: "#")] : Array(word)
            } else {
                rest = rest.dropFirst()
                if byte > 0x20 { pattern.append(byte) } else if pattern.last != 0x20 { pattern.append(0x20) }
            }
        }
        // A cut may have left a part of a character.
        var cut = pattern.prefix(maximumBytes)
        while cut.last == 0x20 { cut = cut.dropLast() }
        return String(decoding: cut, as: UTF8.self)
    }

    /// How long the text in quotation marks is that begins here; nil: none does.
    private static func quoted(_ text: Substring.UTF8View) -> Int? {
        guard let mark = text.first, mark == 0x22 || mark == 0x27 || mark == 0x60 else { return nil }
        let inner = text.dropFirst().prefix { $0 != mark }
        // A mark that does not end is none.
        guard text.count > inner.count + 1 else { return nil }
        return inner.count + 2
    }

    private static func isOfWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D, 0x80...: true
        default: false
        }
    }
}
