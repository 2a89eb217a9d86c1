/// Lays out rows in columns. When they do not fit, columns go by priority before a name of ordinary length is cut.
struct TextTable: Sendable {
    struct Column: Sendable {
        var title: String
        var right = false
        /// The higher, the earlier it is left out; 0 never is.
        var priority = 0
        /// Cut down to this before any column is left out; what is free in the end widens it again.
        var minimum: Int?
    }

    struct Cell: Sendable {
        var text: String
        var style = TerminalStyle.plain
    }

    let columns: [Column]
    var rows: [[Cell]] = []
    let ascii: Bool
    /// The first column is never narrower.
    var minimum = 8
    private let gap = 2

    init(columns: [Column], ascii: Bool) {
        self.columns = columns
        self.ascii = ascii
    }

    /// The heading and at most `limit` rows; when there are more, the last line says how many.
    func lines(width: Int, limit: Int) -> [StyledLine] {
        guard limit > 0 else { return [] }
        let cut = rows.count > limit
        let shown = rows.prefix(cut ? limit - 1 : limit).map { row in
            row.map { Cell(text: TerminalText.clean($0.text, ascii: ascii), style: $0.style) }
        }
        let (picked, widths) = fit(shown, width)
        var lines = [line(columns.map { Cell(text: $0.title, style: .dim) }, picked, widths)]
        lines += shown.map { line($0, picked, widths) }
        if cut {
            var more = StyledLine(ascii: ascii)
            more.add("\(ascii ? "..." : "…") \(rows.count - shown.count) more", .dim)
            lines.append(more)
        }
        return lines
    }

    /// The heading and `count` rows from row `first` on. The columns are as wide as all rows ask for, so that they do
    /// not jump while one scrolls.
    func lines(width: Int, from first: Int, count: Int) -> [StyledLine] {
        let clean = rows.map { row in
            row.map { Cell(text: TerminalText.clean($0.text, ascii: ascii), style: $0.style) }
        }
        let (picked, widths) = fit(clean, width)
        let shown = clean.dropFirst(max(0, first)).prefix(max(0, count))
        return [line(columns.map { Cell(text: $0.title, style: .dim) }, picked, widths)]
            + shown.map { line($0, picked, widths) }
    }

    private func fit(_ rows: [[Cell]], _ width: Int) -> (picked: [Int], widths: [Int]) {
        var widths = columns.indices.map { index in
            rows.reduce(TerminalText.width(columns[index].title)) { max($0, TerminalText.width($1[index].text)) }
        }
        // One endless name must not cost all the others their columns.
        if let first = widths.first, columns.count > 1 { widths[0] = min(first, max(minimum, width / 2)) }
        let wanted = widths
        for (index, column) in columns.enumerated() {
            if let minimum = column.minimum { widths[index] = min(widths[index], minimum) }
        }
        var picked = Array(columns.indices)
        func total() -> Int { picked.reduce(0) { $0 + widths[$1] } + gap * max(0, picked.count - 1) }
        while total() > width {
            let victim = picked.max { columns[$0].priority < columns[$1].priority } ?? 0
            guard columns[victim].priority > 0 else {
                widths[0] = max(minimum, (widths.first ?? 0) - (total() - width))
                break
            }
            picked.removeAll { $0 == victim }
        }
        let flexible = picked.filter { columns[$0].minimum != nil }
        for index in flexible.sorted(by: { columns[$0].priority < columns[$1].priority }) {
            widths[index] = min(wanted[index], widths[index] + max(0, width - total()))
        }
        return (picked, widths)
    }

    private func line(_ cells: [Cell], _ picked: [Int], _ widths: [Int]) -> StyledLine {
        var line = StyledLine(ascii: ascii)
        var column = 0
        for index in picked {
            let text = TerminalText.cut(cells[index].text, to: widths[index], ascii: ascii)
            let start = columns[index].right ? column + widths[index] - TerminalText.width(text) : column
            line.pad(to: start)
            line.add(text, cells[index].style)
            column += widths[index] + gap
        }
        return line
    }
}
