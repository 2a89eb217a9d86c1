extension TableRenderer {
    func nodesTable(_ snapshot: Snapshot) -> TextTable {
        // A column nobody can fill is noise.
        let hasPeers = snapshot.nodes.contains { $0.peers != nil }
        var columns: [TextTable.Column] = [
            .init(title: "NODE"), .init(title: "STATE"), .init(title: "SLOTS", priority: 2),
            .init(title: "DONE", right: true, priority: 3), .init(title: "FAILED", right: true, priority: 4),
            .init(title: "HEARTBEAT", right: true, priority: 1), .init(title: "RESTARTS", right: true, priority: 7),
            .init(title: "UP", right: true, priority: 5), .init(title: "VERSION", priority: 8),
        ]
        if hasPeers { columns.append(.init(title: "PEERS", right: true, priority: 6)) }
        var table = TextTable(columns: columns, ascii: options.ascii)
        let order: [NodeState] = [.lost, .draining, .up, .left]
        let nodes = order.flatMap { state in snapshot.nodes.filter { $0.state == state } }
        table.rows = nodes.map { row($0) + (hasPeers ? [peers($0)] : []) }
        return table
    }

    private func row(_ node: NodeStatus) -> [TextTable.Cell] {
        let gone = node.state == .lost || node.state == .left
        let text: TerminalStyle = node.state == .left ? .dim : .plain
        let none = options.ascii ? "-" : "–"
        let slots =
            node.slots == 0 || gone
            ? none : "\(sparkline.bar(node.busy, of: node.slots, width: 8)) \(node.busy)/\(node.slots)"
        let restarts = node.duties.reduce(0) { $0 &+ $1.restarts }
        return [
            .init(text: node.name, style: text), state(node.state), .init(text: slots, style: gone ? .dim : .accent),
            .init(text: node.slots == 0 ? none : node.processed.grouped, style: text),
            .init(text: node.slots == 0 ? none : node.failed.grouped, style: node.failed > 0 && !gone ? .warn : text),
            .init(text: Duration.short(seconds: node.heartbeatAge), style: node.state == .lost ? .bad : text),
            .init(text: restarts.grouped, style: restarts > 0 ? .warn : .dim),
            .init(text: gone ? none : Duration.short(seconds: node.uptime), style: text),
            .init(text: node.version, style: .dim),
        ]
    }

    private func peers(_ node: NodeStatus) -> TextTable.Cell {
        .init(text: node.peers.map(String.init) ?? (options.ascii ? "-" : "–"), style: .dim)
    }

    /// A shape and a word beside the colour, for those who do not see it.
    func state(_ state: NodeState) -> TextTable.Cell {
        let shapes = options.ascii ? ["+", "~", "x", "-"] : ["●", "◐", "✕", "○"]
        return switch state {
        case .up: .init(text: "\(shapes[0]) up", style: .good)
        case .draining: .init(text: "\(shapes[1]) draining", style: .warn)
        case .lost: .init(text: "\(shapes[2]) LOST", style: .bad)
        case .left: .init(text: "\(shapes[3]) left", style: .dim)
        }
    }

    func queuesTable(_ snapshot: Snapshot) -> TextTable {
        var table = TextTable(
            columns: [
                .init(title: "QUEUE"), .init(title: "QUEUED", right: true),
                .init(title: "RUNNING", right: true, priority: 1),
                .init(title: "SCHEDULED", right: true, priority: 3), .init(title: "DONE", right: true, priority: 4),
                .init(title: "FAILED", right: true, priority: 2), .init(title: "CANCELLED", right: true, priority: 5),
            ], ascii: options.ascii)
        table.rows = snapshot.queues.map { queue in
            func cell(_ number: Int, _ style: TerminalStyle = .plain) -> TextTable.Cell {
                .init(text: number.grouped, style: number == 0 ? .dim : style)
            }
            let counts = queue.counts
            return [
                .init(text: queue.name), cell(counts.queued, .bold), cell(counts.running, .accent),
                cell(counts.scheduled),
                cell(counts.done), cell(counts.failed, .bad), cell(counts.cancelled),
            ]
        }
        return table
    }

    func eventLine(_ event: SysmonEvent) -> StyledLine {
        var line = blank
        line.add("\(clock.time(event.time)) ", .dim)
        let style: TerminalStyle =
            switch event.kind.mark {
            case "+": .good
            case "-": event.kind == .left ? .dim : .bad
            case "!": .warn
            default: .plain
            }
        line.add("\(event.kind.mark) ", style)
        line.add(event.subject)
        line.add(" \(event.kind.verb)", style)
        if !event.detail.isEmpty { line.add("  \(event.detail)", .dim) }
        return line
    }
}
