/// Makes text safe for a terminal and measures it.
enum TerminalText {
    /// `text` with everything a terminal might obey written out (`\x1b`), cut to `limit` scalars: names and errors come
    /// from outside. With `ascii`, everything else outside ASCII becomes `?`.
    static func clean(_ text: String, ascii: Bool = false, limit: Int = 512) -> String {
        if text.utf8.count <= limit, text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
        var result = String.UnicodeScalarView()
        for (index, scalar) in text.unicodeScalars.enumerated() {
            if index == limit {
                result.append(contentsOf: (ascii ? "~" : "…").unicodeScalars)
                break
            }
            if isUnsafe(scalar) {
                result.append(contentsOf: escape(scalar).unicodeScalars)
            } else {
                result.append(ascii && !scalar.isASCII ? "?" : scalar)
            }
        }
        return String(result)
    }

    /// Controls, and what reorders or hides its neighbours.
    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7F }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: return true
        default: return false
        }
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        return scalar.value < 0x100
            ? "\\x" + String(repeating: "0", count: 2 - digits.utf8.count) + digits : "\\u{\(digits)}"
    }

    /// Terminal columns taken by a cleaned text.
    static func width(_ text: String) -> Int {
        text.utf8.allSatisfy { $0 < 0x80 } ? text.utf8.count : text.unicodeScalars.reduce(0) { $0 + width($1) }
    }

    static func width(_ scalar: Unicode.Scalar) -> Int {
        if scalar.isASCII { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return 0
        default: break
        }
        // What terminals draw as a picture, two columns wide: outside these blocks, as ⚡ and ✅ are.
        if scalar.properties.isEmojiPresentation { return 2 }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }

    /// The longest beginning of a cleaned text that takes at most `columns`, ending in an ellipsis if cut.
    static func cut(_ text: String, to columns: Int, ascii: Bool = false) -> String {
        guard width(text) > columns else { return text }
        guard columns > 0 else { return "" }
        var result = String.UnicodeScalarView()
        var used = 0
        for scalar in text.unicodeScalars {
            used += width(scalar)
            if used > columns - 1 { break }
            result.append(scalar)
        }
        return String(result) + (ascii ? "~" : "…")
    }

    /// The text made safe, in lines of at most so many columns; nothing of it is left out. An empty text is one line.
    static func wrap(_ text: String, columns: Int, ascii: Bool = false) -> [String] {
        var lines: [String] = []
        var line = String.UnicodeScalarView()
        var used = 0
        for scalar in clean(text, ascii: ascii, limit: .max).unicodeScalars {
            let width = width(scalar)
            if used + width > max(2, columns) {
                lines.append(String(line))
                (line, used) = (String.UnicodeScalarView(), 0)
            }
            line.append(scalar)
            used += width
        }
        return lines + (line.isEmpty && !lines.isEmpty ? [] : [String(line)])
    }
}
