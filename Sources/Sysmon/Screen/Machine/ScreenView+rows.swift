import RoostJobs

/// A queue as the store's settings and the snapshot's counts tell together.
struct QueueRow: Sendable, Equatable {
    var name: String
    var counts: StateCounts
    /// Nil while the store has not told.
    var settings: QueueSettings?
    var oldest: Timestamp?
}

extension ScreenView {
    private var words: [String] { filter.lowercased().split(whereSeparator: \.isWhitespace).map(String.init) }

    private func isShown(_ parts: [String]) -> Bool {
        words.allSatisfy { word in parts.contains { $0.holds(word) } }
    }

    /// Sorted by what `key` gives, ties as they came; reversed when the operator wants it.
    private func sorted<Row>(_ rows: [Row], _ isBefore: (Row, Row) -> Bool) -> [Row] {
        let sorted = rows.enumerated().sorted {
            isBefore($0.element, $1.element) || (!isBefore($1.element, $0.element) && $0.offset < $1.offset)
        }.map(\.element)
        return sorting.isReversed ? sorted.reversed() : sorted
    }

    var nodeRows: [NodeStatus] {
        let rows = (snapshot?.nodes ?? []).filter { isShown([$0.name, $0.state.rawValue, $0.version]) }
        let order: [NodeState] = [.lost, .draining, .up, .left]
        func rank(_ node: NodeStatus) -> Int { order.firstIndex(of: node.state) ?? order.count }
        return sorted(rows) { a, b in
            switch sort {
            case .name: a.name < b.name
            case .busy: a.busy > b.busy
            case .rate: a.rate ?? 0 > b.rate ?? 0
            case .heartbeat: a.heartbeatAge ?? 0 > b.heartbeatAge ?? 0
            default: rank(a) < rank(b)
            }
        }
    }

    var queueRows: [QueueRow] {
        var rows: [String: QueueRow] = [:]
        for queue in snapshot?.queues ?? [] { rows[queue.name] = QueueRow(name: queue.name, counts: queue.counts) }
        for queue in queues.value ?? [] {
            var row = rows[queue.name] ?? QueueRow(name: queue.name, counts: .init())
            if rows[queue.name] == nil { row.counts.add(queue.counts) }
            (row.settings, row.oldest) = (queue.settings, queue.oldest)
            rows[queue.name] = row
        }
        let shown = rows.values.sorted { $0.name < $1.name }.filter {
            isShown([$0.name, $0.settings?.isPaused ?? false ? "paused" : "active"])
        }
        return sorted(shown) { a, b in
            switch sort {
            case .queued: a.counts.queued > b.counts.queued
            case .age: a.oldest?.microseconds ?? .max < b.oldest?.microseconds ?? .max
            case .running: a.counts.running > b.counts.running
            case .failed: a.counts.failed > b.counts.failed
            default: a.name < b.name
            }
        }
    }

    var jobRows: [JobRow] {
        let filter = JobFilter(filter)
        let rows = (jobs.value?.rows ?? []).filter(filter.matches)
        return sorted(rows) { a, b in
            switch sort {
            case .type: a.type < b.type
            case .queue: a.queue < b.queue
            case .state: a.state.rawValue < b.state.rawValue
            default: false
            }
        }
    }

    var cronRows: [CronStatus] {
        let rows = (crons.value ?? []).filter {
            isShown([$0.entry.name, $0.entry.schedule, $0.entry.job.type, $0.entry.isPaused ? "paused" : "active"])
        }
        return sorted(rows) { a, b in
            switch sort {
            case .name: a.entry.name < b.entry.name
            default: a.next?.microseconds ?? .max < b.next?.microseconds ?? .max
            }
        }
    }

    /// Newest first.
    var eventRows: [SysmonEvent] {
        sorted((snapshot?.events ?? []).reversed().filter { isShown([$0.subject, $0.kind.rawValue, $0.detail]) }) {
            _, _ in false
        }
    }

    /// What the rows of the tab are, in their order.
    var keys: [String] {
        switch tab {
        case .nodes: nodeRows.map(\.name)
        case .queues: queueRows.map(\.name)
        case .jobs, .dead: jobRows.map(\.id.description)
        case .cron: cronRows.map(\.entry.name)
        case .events: eventRows.map { String($0.id) }
        case .store: []
        }
    }

    /// Where the mark is among `keys`: at what it marks, or, when that is gone, where it was.
    func marked(in keys: [String]) -> Int? {
        guard !keys.isEmpty else { return nil }
        guard let mark = marks[tab] else { return 0 }
        return keys.firstIndex(of: mark.key) ?? min(max(0, mark.index), keys.count - 1)
    }
}
