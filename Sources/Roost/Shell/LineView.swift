/// How a line being typed looks on a terminal of so many columns.
enum LineView {
    /// What to write: the part around the cursor where the line is longer than the terminal is wide.
    static func draw(_ editor: LineEditor, prompt: String, columns: Int) -> String {
        let room = max(8, columns - prompt.count - 1)
        let start = max(0, editor.cursor - room)
        let part = editor.text[start..<min(editor.text.count, start + room)]
        let right = part.count - (editor.cursor - start)
        return "\r\(prompt)\(String(part))\u{1B}[K" + (right > 0 ? "\u{1B}[\(right)D" : "")
    }
}
