/// How the lines of a screen are shared out.
struct ScreenLayout: Sendable {
    /// How much of the summary is shown above the tabs.
    enum Summary: Sendable { case one, two, all }

    let size: TerminalSize

    var isNarrow: Bool { size.columns < 80 }
    var isShort: Bool { size.rows < 16 }

    var summary: Summary { size.rows >= 20 ? .all : size.rows >= 14 ? .two : .one }

    private var summaryRows: Int {
        switch summary {
        case .one: 1
        case .two: 2
        case .all: 4
        }
    }

    /// Rows a table has for its lines: without header, summary, tabs, a line of information, headings and footer.
    var tableRows: Int { min(max(1, size.rows - summaryRows - 5), 200) }
}
