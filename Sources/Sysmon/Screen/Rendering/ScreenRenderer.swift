/// Draws a view: header, summary, tabs, the tab's rows or an open text, one line of keys. Pure: the same view gives the
/// same picture, exactly as many lines as the screen has.
struct ScreenRenderer: Sendable {
    /// Draws what the single picture of `--once` shows too.
    let table: TableRenderer
    var options: TerminalOptions { table.options }
    var clock: ClockText { table.clock }
    var sparkline: Sparkline { table.sparkline }

    init(options: TerminalOptions) { table = TableRenderer(options: options) }

    func picture(_ view: ScreenView) -> ScreenPicture {
        let size = view.size
        guard let snapshot = view.snapshot else {
            return ScreenPicture(lines: filled([line(" roost \(dot) waiting for the first answer", .dim)], view))
        }
        let layout = ScreenLayout(size: size)
        var lines = [header(view, snapshot)]
        lines += banners(view, snapshot)
        lines += summary(view, snapshot, layout)
        lines.append(tabs(view, snapshot))
        lines += information(view, layout)
        let height = size.rows - lines.count - 1
        var limit = 0
        if !view.isText {
            lines += rows(view, snapshot, height: height)
        } else {
            let text = text(view, snapshot)
            limit = max(0, text.count - height)
            lines += text.dropFirst(min(view.scroll, limit)).prefix(max(0, height))
        }
        return ScreenPicture(lines: filled(lines, view), scrollLimit: limit)
    }

    /// The lines as the terminal gets them.
    func strings(_ picture: ScreenPicture, columns: Int) -> [String] {
        picture.lines.map { $0.rendered(columns: columns, colour: options.colour, erasing: true) }
    }

    /// Cut or filled up to the screen's height, with the last line.
    private func filled(_ lines: [StyledLine], _ view: ScreenView) -> [StyledLine] {
        let height = view.size.rows - 1
        var lines = Array(lines.prefix(height))
        while lines.count < height { lines.append(line("")) }
        return lines + [footer(view)]
    }

    private func rows(_ view: ScreenView, _ snapshot: Snapshot, height: Int) -> [StyledLine] {
        switch view.tab {
        case .nodes: nodes(view, snapshot, height: height)
        case .queues: queues(view, height: height)
        case .jobs, .dead: jobs(view, height: height)
        case .cron: crons(view, height: height)
        case .events: events(view, height: height)
        case .store: []
        }
    }

    private func text(_ view: ScreenView, _ snapshot: Snapshot) -> [StyledLine] {
        switch view.place {
        case .help: help(view)
        case .node(let name): node(name, view, snapshot)
        case .job(let id): job(id, view)
        case nil: store(snapshot)
        }
    }

    // MARK: Shorthand

    var dot: String { options.ascii ? "-" : "·" }
    var none: String { options.ascii ? "-" : "–" }
    var ellipsis: String { options.ascii ? "..." : "…" }

    func line(_ text: String, _ style: TerminalStyle = .plain) -> StyledLine {
        var line = table.blank
        line.add(text, style)
        return line
    }

    /// Labels and values in turn: labels dim, values as they are styled.
    func pairs(_ pairs: [(label: String, value: String, style: TerminalStyle)]) -> StyledLine {
        var line = table.blank
        for pair in pairs {
            line.add(" \(pair.label) ", .dim)
            line.add("\(pair.value) ", pair.style)
        }
        return line
    }

    /// A time ago: `12s`; nothing when there is none.
    func ago(_ duration: Duration?) -> String { duration.map(\.short) ?? none }
}
