import RoostJobs

/// Snapshots as lines that only get longer: for a log, a pipe, `docker compose up`.
///
/// A block is written when a member, the store or the registry changed, and at each interval.
public struct PlainRenderer: Sendable {
    private struct Gist: Equatable {
        var nodes: [String]
        var reachable: Bool
        var registry: RegistryStatus.State
    }

    private let options: TerminalOptions
    private let clock: ClockText
    private var gist: Gist?
    private var written: Int64?
    private var lastEvent = 0

    /// A renderer that has written nothing yet.
    public init(options: TerminalOptions = .init()) {
        self.options = options
        clock = ClockText(offset: options.utcOffset)
    }

    /// The lines for a snapshot, each ended; empty when there is nothing to say.
    public mutating func render(_ snapshot: Snapshot) -> String {
        let gist = Gist(
            nodes: snapshot.nodes.map { "\($0.name) \($0.state.rawValue)" }, reachable: snapshot.store.reachable,
            registry: snapshot.registry.state)
        let events = snapshot.events.filter { $0.id > lastEvent }
        let due = written.map { snapshot.time >= $0 + options.interval.clampedMicroseconds - 100_000 } ?? true
        guard due || gist != self.gist || !events.isEmpty else { return "" }
        self.gist = gist
        written = snapshot.time
        lastEvent = snapshot.events.last?.id ?? lastEvent
        let lines =
            [summary(snapshot)] + snapshot.presentNodes.map { "  " + node($0) }
            + events.filter { $0.kind != .started }.map(line)
        return lines.map { TerminalText.clean($0, ascii: options.ascii, limit: 2000) + "\n" }.joined()
    }

    private func summary(_ snapshot: Snapshot) -> String {
        var line = "[\(clock.time(snapshot.time))] nodes=\(snapshot.presentNodes.count) up=\(snapshot.count(.up))"
        line += " lost=\(snapshot.count(.lost))"
        if snapshot.count(.draining) > 0 { line += " draining=\(snapshot.count(.draining))" }
        let totals = snapshot.totals
        line += " queued=\(totals.queued) running=\(totals.running) scheduled=\(totals.scheduled)"
        line += " failed=\(totals.failed) done/s=\(snapshot.rates.now.done.rate)"
        line += " store=\(snapshot.store.reachable ? "ok" : "away")"
        if let since = snapshot.store.staleSince { line += " stale-since=\(clock.time(since))" }
        line += " registry=\(snapshot.registry.state.rawValue)"
        return line
    }

    private func node(_ node: NodeStatus) -> String {
        var line = "\(node.name) \(node.state == .lost ? "LOST" : node.state.rawValue)"
        if node.slots > 0 { line += " slots=\(node.busy)/\(node.slots) done=\(node.processed) failed=\(node.failed)" }
        line += " heartbeat=\(Duration.short(seconds: node.heartbeatAge))"
        if let peers = node.peers { line += " peers=\(peers)" }
        if let uptime = node.uptime { line += " uptime=\(Duration.short(seconds: uptime))" }
        if !node.version.isEmpty { line += " version=\(node.version)" }
        return line
    }

    private func line(_ event: SysmonEvent) -> String {
        "\(event.kind.mark) \(event.subject) \(event.kind.verb)" + (event.detail.isEmpty ? "" : " (\(event.detail))")
    }
}
