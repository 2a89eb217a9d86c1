import RoostJobs

extension ScreenRenderer {
    func queues(_ view: ScreenView, height: Int) -> [StyledLine] {
        let rows = view.queueRows
        guard !rows.isEmpty else { return empty(view, isLoaded: view.snapshot != nil, nothing: "no job has been here") }
        var table = TextTable(
            columns: [
                .init(title: "QUEUE"), .init(title: "STATE", priority: 2), .init(title: "QUEUED", right: true),
                .init(title: "OLDEST", right: true, priority: 1), .init(title: "RUNNING", priority: 3),
                .init(title: "SCHEDULED", right: true, priority: 6), .init(title: "DONE", right: true, priority: 7),
                .init(title: "DEAD", right: true, priority: 4), .init(title: "CANCELLED", right: true, priority: 8),
                .init(title: "LIMITS", priority: 5, minimum: 12),
            ], ascii: options.ascii)
        table.rows = rows.map { row($0, view) }
        let lines = table.window(width: view.size.columns, height: height, marked: view.marked(in: view.keys))
        return aged(lines, view)
    }

    private func row(_ queue: QueueRow, _ view: ScreenView) -> [TextTable.Cell] {
        func cell(_ number: Int, _ style: TerminalStyle = .plain) -> TextTable.Cell {
            .init(text: number.grouped, style: number == 0 ? .dim : style)
        }
        let isAll = queue.name == QueueSettings.all
        let oldest = view.age(of: queue.oldest)
        return [
            .init(text: isAll ? "* (all together)" : queue.name), state(queue.settings),
            cell(queue.counts.queued, .bold),
            .init(text: ago(oldest), style: oldest ?? .zero > .seconds(60) ? .warn : .plain),
            running(queue), cell(queue.counts.scheduled), cell(queue.counts.done), cell(queue.counts.failed, .bad),
            cell(queue.counts.cancelled), .init(text: limits(queue.settings), style: .dim),
        ]
    }

    private func state(_ settings: QueueSettings?) -> TextTable.Cell {
        guard let settings else { return .init(text: none, style: .dim) }
        if settings.isPaused { return .init(text: options.ascii ? "= paused" : "‖ paused", style: .warn) }
        return .init(text: options.ascii ? "+ active" : "● active", style: .good)
    }

    /// With a bar where there is a limit to fill.
    private func running(_ queue: QueueRow) -> TextTable.Cell {
        let running = queue.counts.running
        guard let limit = queue.settings?.concurrency else {
            return .init(text: running.grouped, style: running == 0 ? .dim : .accent)
        }
        let bar = sparkline.bar(running, of: limit, width: 6)
        return .init(text: "\(bar) \(running.grouped)/\(limit.grouped)", style: running >= limit ? .warn : .accent)
    }

    private func limits(_ settings: QueueSettings?) -> String {
        guard let settings else { return "" }
        var parts: [String] = []
        func rate(_ rate: RateLimit) -> String { "\(rate.count.grouped) per \(rate.period.short.replacingTenths)" }
        if let rateLimit = settings.rate { parts.append(rate(rateLimit)) }
        if let limit = settings.tenantConcurrency { parts.append("tenant \(limit.grouped) at once") }
        if let limit = settings.tenantRate { parts.append("tenant \(rate(limit))") }
        if let quota = settings.quota { parts.append("quota \(quota.grouped)") }
        return parts.joined(separator: ", ")
    }

    /// Dim while the store is away.
    func aged(_ lines: [StyledLine], _ view: ScreenView) -> [StyledLine] {
        guard view.staleSince != nil || old(view) != nil else { return lines }
        return lines.map { $0.restyled(.dim) }
    }
}
