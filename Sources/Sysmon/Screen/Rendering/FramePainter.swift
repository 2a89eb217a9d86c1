/// Writes only the lines that changed since the frame before: nothing is cleared that is not written again at once, so
/// nothing flickers, and a quiet screen costs nothing.
struct FramePainter: Sendable {
    private var shown: [String] = []

    /// What to write so that the screen shows these lines; empty when it does. With `all`, whatever was on it is
    /// overwritten.
    mutating func paint(_ lines: [String], all: Bool = false) -> String {
        var text = ""
        let isOther = all || lines.count != shown.count
        for (index, line) in lines.enumerated() where isOther || shown[index] != line {
            text += "\u{1b}[\(index + 1);1H\(line)"
        }
        if isOther, !lines.isEmpty { text += "\u{1b}[J" }
        shown = lines
        return text
    }
}
