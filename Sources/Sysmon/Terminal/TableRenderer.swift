/// A snapshot as a screen: header, members, queues, events. Pure: the same snapshot, size and options give the same
/// text.
public struct TableRenderer: Sendable {
    let options: TerminalOptions
    let clock: ClockText
    let sparkline: Sparkline

    /// A renderer.
    public init(options: TerminalOptions = .init()) {
        self.options = options
        clock = ClockText(offset: options.utcOffset)
        sparkline = Sparkline(ascii: options.ascii)
    }

    /// Exactly as many lines as fit, separated by newlines, none wider than the size. No cursor movement.
    public func render(_ snapshot: Snapshot, size: TerminalSize) -> String {
        lines(snapshot, size: size)
            .map { $0.rendered(columns: size.columns, colour: options.colour) }.joined(separator: "\n")
    }

    private func lines(_ snapshot: Snapshot, size: TerminalSize) -> [StyledLine] {
        let stale = snapshot.store.staleSince != nil
        func aged(_ lines: [StyledLine]) -> [StyledLine] { stale ? lines.map { $0.restyled(.dim) } : lines }
        var top = [header(snapshot, size.columns)]
        top += banners(snapshot, size.columns)
        top += [membersLine(snapshot)] + aged(jobsLines(snapshot, size.columns))

        let nodes = nodesTable(snapshot)
        let queues = queuesTable(snapshot)
        // A title and a heading for each section, a footer, and a blank line before each of them.
        let budget = size.rows - top.count - 1
        let share = RowBudget.share(
            budget, wants: [nodes.rows.count, queues.rows.count, min(snapshot.events.count, 12)], overhead: [3, 3, 2])
        var body: [StyledLine] = []
        if share[0] > 0 {
            body += [blank, title("Nodes")] + nodes.lines(width: size.columns - 1, limit: share[0]).indented
        }
        if share[1] > 0 {
            body += [blank, title("Queues")] + aged(queues.lines(width: size.columns - 1, limit: share[1]).indented)
        }
        if share[2] > 0 {
            body += [blank, title("Events")] + snapshot.events.suffix(share[2]).reversed().map(eventLine).indented
        }
        var all = Array((top + body).prefix(size.rows - 1))
        while all.count < size.rows - 1 { all.append(blank) }
        return all + [footer(snapshot)]
    }

    var blank: StyledLine { StyledLine(ascii: options.ascii) }

    func title(_ text: String) -> StyledLine {
        var line = blank
        line.add(" ")
        line.add(text, .bold)
        return line
    }
}

extension [StyledLine] {
    /// One column from the edge.
    var indented: [StyledLine] {
        map { line in
            var result = StyledLine(ascii: line.ascii)
            result.add(" ")
            result.add(line)
            return result
        }
    }
}

/// Shares the rows of a screen among sections.
enum RowBudget {
    /// Rows for each section. Every section first gets its overhead and up to three rows, in order; what is left goes
    /// round until all have what they want. A section that cannot even have one row gets none.
    static func share(_ budget: Int, wants: [Int], overhead: [Int]) -> [Int] {
        var left = budget
        var rows = wants.map { _ in 0 }
        for index in wants.indices where wants[index] > 0 {
            let first = min(wants[index], 3, left - overhead[index])
            guard first > 0 else { continue }
            rows[index] = first
            left -= first + overhead[index]
        }
        while left > 0 {
            let before = left
            for index in wants.indices where left > 0 && rows[index] > 0 && rows[index] < wants[index] {
                rows[index] += 1
                left -= 1
            }
            if left == before { break }
        }
        return rows
    }
}
