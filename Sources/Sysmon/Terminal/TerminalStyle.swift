/// How a piece of text looks; the terminal's own sixteen colours, so that it fits every theme.
enum TerminalStyle: Sendable {
    case plain, dim, bold, good, warn, bad, accent, title, banner, selected

    var code: String {
        switch self {
        case .plain: ""
        case .dim: "2"
        case .bold: "1"
        case .good: "32"
        case .warn: "33"
        case .bad: "1;31"
        case .accent: "36"
        case .title: "1;4"
        case .banner: "1;7;33"
        case .selected: "7"
        }
    }
}

/// A line made of styled pieces. Whatever is appended is cleaned first: nothing gets to the terminal around this.
struct StyledLine: Sendable {
    private(set) var spans: [(text: String, style: TerminalStyle)] = []
    private(set) var width = 0
    let ascii: Bool

    init(ascii: Bool) { self.ascii = ascii }

    mutating func add(_ text: String, _ style: TerminalStyle = .plain) {
        let clean = TerminalText.clean(text, ascii: ascii)
        guard !clean.isEmpty else { return }
        spans.append((clean, style))
        width += TerminalText.width(clean)
    }

    mutating func add(_ line: StyledLine) {
        spans += line.spans
        width += line.width
    }

    /// Spaces up to that column.
    mutating func pad(to column: Int) {
        guard column > width else { return }
        spans.append((String(repeating: " ", count: column - width), .plain))
        width = column
    }

    /// The line cut to `columns`; with `colour` in escape sequences, each of which is closed. With `erasing`, what is
    /// right of it on the screen is erased, unless it reaches the edge: there an erasure would take its last character.
    func rendered(columns: Int, colour: Bool, erasing: Bool = false) -> String {
        var result = ""
        var left = columns
        for span in spans where left > 0 {
            let text = TerminalText.cut(span.text, to: left, ascii: ascii)
            left -= TerminalText.width(text)
            let code = span.style.code
            result += colour && !code.isEmpty ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
        }
        if !colour {
            while result.hasSuffix(" ") {
                result.removeLast()
                left += 1
            }
        }
        return erasing && left > 0 ? result + "\u{1b}[K" : result
    }

    /// The same line in one style: old data.
    func restyled(_ style: TerminalStyle) -> StyledLine {
        var line = self
        line.spans = spans.map { ($0.text, style) }
        return line
    }
}
