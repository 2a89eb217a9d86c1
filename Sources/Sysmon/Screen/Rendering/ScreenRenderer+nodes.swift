import RoostJobs

extension ScreenRenderer {
    /// The members and, where there is room, what happened last.
    func nodes(_ view: ScreenView, _ snapshot: Snapshot, height: Int) -> [StyledLine] {
        let rows = view.nodeRows
        guard !rows.isEmpty else { return empty(view, isLoaded: true, nothing: "nobody is here yet") }
        let hasLinks = rows.contains { $0.link != nil }
        var columns: [TextTable.Column] = [
            .init(title: "NODE"), .init(title: "STATE"), .init(title: "SLOTS", priority: 1),
            .init(title: "DONE/S", right: true, priority: 4), .init(title: "DONE", right: true, priority: 5),
            .init(title: "FAILED", right: true, priority: 6), .init(title: "HEARTBEAT", right: true, priority: 2),
            .init(title: "PEERS", right: true, priority: 3), .init(title: "RESTARTS", right: true, priority: 8),
            .init(title: "UP", right: true, priority: 7), .init(title: "MEMORY", right: true, priority: 10),
            .init(title: "VERSION", priority: 9),
        ]
        if hasLinks { columns.append(.init(title: "LINK", priority: 11)) }
        var table = TextTable(columns: columns, ascii: options.ascii)
        table.rows = rows.map { row($0, view) + (hasLinks ? [.init(text: link($0), style: .dim)] : []) }
        let wants = min(rows.count + 1, height)
        var lines = table.window(width: view.size.columns, height: wants, marked: view.marked(in: view.keys))
        if snapshot.registry.state == .degraded { lines = lines.map { $0.restyled(.dim) } }
        let left = height - wants - 2
        guard left > 0, !snapshot.events.isEmpty else { return lines }
        lines += [line(""), line(" Events", .bold)]
        return lines + snapshot.events.suffix(left).reversed().map(self.table.eventLine).indented
    }

    private func row(_ node: NodeStatus, _ view: ScreenView) -> [TextTable.Cell] {
        let isGone = node.state == .lost || node.state == .left
        let style: TerminalStyle = node.state == .left ? .dim : .plain
        let works = node.slots > 0
        let restarts = node.duties.reduce(0) { $0 &+ $1.restarts }
        func number(_ value: String?, _ style: TerminalStyle) -> TextTable.Cell {
            .init(text: value ?? none, style: style)
        }
        return [
            .init(text: node.name, style: style), table.state(node.state), slots(node, view),
            number(works && !isGone ? node.rate?.rate : nil, style),
            number(works ? node.processed.grouped : nil, style),
            number(works ? node.failed.grouped : nil, node.failed > 0 && !isGone ? .warn : style),
            number(Duration.short(seconds: node.heartbeatAge), node.state == .lost ? .bad : style),
            number(isGone ? nil : node.peers.map(\.grouped), style),
            number(restarts.grouped, restarts > 0 ? .warn : .dim),
            number(isGone ? nil : Duration.short(seconds: node.uptime), style),
            number(isGone ? nil : node.memory.map(\.bytes), style), .init(text: node.version, style: .dim),
        ]
    }

    private func slots(_ node: NodeStatus, _ view: ScreenView) -> TextTable.Cell {
        switch node.state {
        case .lost: return .init(text: fate(node, view, isShort: true) ?? none, style: .bad)
        case .left: return .init(text: none, style: .dim)
        case .up, .draining:
            guard node.slots > 0 else { return .init(text: none, style: .dim) }
            let bar = sparkline.bar(node.busy, of: node.slots, width: 8)
            return .init(text: "\(bar) \(node.busy.grouped)/\(node.slots.grouped)", style: .accent)
        }
    }

    private func link(_ node: NodeStatus) -> String {
        guard let link = node.link else { return none }
        return link.rawValue + (node.roundTripMilliseconds.map { " \($0.rate) ms" } ?? "")
    }

    /// What happens to the jobs of a lost member; nil when it had none.
    func fate(_ node: NodeStatus, _ view: ScreenView, isShort: Bool) -> String? {
        guard node.state == .lost, node.busy > 0 else { return nil }
        let jobs = node.busy == 1 ? "1 job" : "\(node.busy.grouped) jobs"
        if node.link == .dead {
            return isShort
                ? "\(jobs): taken back" : "Its process is gone for sure: its \(jobs) were taken back at once."
        }
        // Leases are extended beside the heartbeats: they end at most one lease after the last of them.
        let left = view.lease - .milliseconds(Int64(min(max(0, node.heartbeatAge ?? 0), 1e9) * 1000))
        if left > .zero {
            return isShort
                ? "\(jobs): leases end < \(left.short)"
                : "Its \(jobs) go back to the queue when their leases end, within \(left.short) if it is dead."
        }
        return isShort
            ? "\(jobs): leases over"
            : "The leases of its \(jobs) are over unless it still extends them: others take them back."
    }

    /// One member, with its duties and what happened to it.
    func node(_ name: String, _ view: ScreenView, _ snapshot: Snapshot) -> [StyledLine] {
        guard let node = snapshot.nodes.first(where: { $0.name == name }) else {
            return [line("  it is not known any more", .warn)]
        }
        var lines: [StyledLine] = []
        let state = table.state(node.state)
        lines.append(
            pairs([
                ("state", state.text, state.style), ("since", clock.time(node.since), .plain),
                ("heartbeat", Duration.short(seconds: node.heartbeatAge), node.state == .lost ? .bad : .plain),
            ]))
        if let fate = fate(node, view, isShort: false) { lines += wrapped(line(" "), fate, view, .bad) }
        lines.append(
            pairs([
                ("roles", node.roles.joined(separator: ", "), .plain), ("version", node.version, .plain),
                ("up", Duration.short(seconds: node.uptime), .plain),
                ("memory", node.memory.map(\.bytes) ?? none, .plain),
            ]))
        if node.slots > 0 {
            let bar = sparkline.bar(node.busy, of: node.slots, width: 20)
            lines.append(
                pairs([
                    ("slots", "\(bar) \(node.busy.grouped)/\(node.slots.grouped)", .accent),
                    ("done", node.processed.grouped, .plain), ("failed", node.failed.grouped, .plain),
                    ("done/s", node.rate?.rate ?? none, .plain),
                ]))
        }
        lines.append(
            pairs([
                ("peers", node.peers.map(\.grouped) ?? none, .plain), ("link", link(node), .plain),
                ("http", node.http ?? none, .plain), ("console", node.console ?? none, .plain),
            ]))
        lines += [line(""), line(" Duties", .bold)] + duties(node, view.size.columns)
        let events = snapshot.events.filter { $0.subject == name }
        if !events.isEmpty {
            lines += [line(""), line(" Events", .bold)] + events.reversed().map(table.eventLine).indented
        }
        return lines
    }

    private func duties(_ node: NodeStatus, _ columns: Int) -> [StyledLine] {
        guard !node.duties.isEmpty else { return [line("  it tells of none", .dim)] }
        var table = TextTable(
            columns: [.init(title: "DUTY"), .init(title: "STATE"), .init(title: "RESTARTS", right: true)],
            ascii: options.ascii)
        table.rows = node.duties.map { duty in
            [
                .init(text: duty.name), .init(text: duty.state, style: duty.state == "running" ? .good : .warn),
                .init(text: duty.restarts.grouped, style: duty.restarts > 0 ? .warn : .dim),
            ]
        }
        return table.lines(width: columns - 2, from: 0, count: node.duties.count).indented
    }
}

extension Int {
    /// A size for people: `512 B`, `84 MB`.
    var bytes: String {
        let units = ["B", "kB", "MB", "GB", "TB"]
        var (value, unit) = (Double(Swift.max(0, self)), 0)
        while value >= 1000, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        return unit == 0 ? "\(self) B" : "\(value < 9.95 ? value.rate : Int(value.rounded()).grouped) \(units[unit])"
    }
}
