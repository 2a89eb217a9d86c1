extension TableRenderer {
    private var dot: String { options.ascii ? "-" : "·" }

    func header(_ snapshot: Snapshot, _ columns: Int) -> StyledLine {
        var line = blank
        line.add(" roost", .bold)
        line.add(" \(dot) ", .dim)
        line.add(snapshot.cluster, .accent)
        line.add(" \(dot) ", .dim)
        line.add(snapshot.store.description + " ")
        let symbol = options.ascii ? "*" : "●"
        line.add(
            snapshot.store.reachable ? symbol : "x", snapshot.store.reachable ? .good : .bad)
        if let latency = snapshot.store.latencyMilliseconds { line.add(" \(latency.rate) ms", .dim) }
        if !snapshot.store.durability.isEmpty { line.add(" \(snapshot.store.durability)", .dim) }
        var right = blank
        right.add("\(clock.zoned(snapshot.time)) ", .bold)
        right.add("every \(Duration.short(seconds: snapshot.interval).replacingTenths) ", .dim)
        // The clock is what shows that the screen lives: when it does not fit, the description is cut.
        let room = columns - right.width - 1
        guard room > 20 else { return line }
        var result = line.cut(to: room)
        result.pad(to: room + 1)
        result.add(right)
        return result
    }

    func banners(_ snapshot: Snapshot, _ columns: Int) -> [StyledLine] {
        var lines: [StyledLine] = []
        if let since = snapshot.store.staleSince {
            var line = blank
            let reason = snapshot.store.error.map { ": \($0)" } ?? ""
            line.add(" ! stale since \(clock.time(since)): store away, retrying\(reason) ", .banner)
            lines.append(line)
        }
        if snapshot.registry.state == .degraded {
            var line = blank
            line.add(" ! registry degraded since \(clock.time(snapshot.registry.since)), known members stay ", .banner)
            lines.append(line)
        }
        for warning in snapshot.store.warnings.prefix(2) {
            var line = blank
            line.add(" ! \(warning)", .warn)
            lines.append(line)
        }
        return lines
    }

    func membersLine(_ snapshot: Snapshot) -> StyledLine {
        var line = blank
        line.add(" nodes ", .dim)
        line.add("\(snapshot.count(.up)) up", .good)
        let draining = snapshot.count(.draining)
        if draining > 0 { line.add(" \(dot) \(draining) draining", .warn) }
        let lost = snapshot.count(.lost)
        if lost > 0 { line.add(" \(dot) \(lost) LOST", .bad) }
        let slots = snapshot.slots
        if slots.all > 0 {
            line.add("   slots ", .dim)
            line.add("\(slots.busy.grouped)/\(slots.all.grouped)")
        }
        return line
    }

    func jobsLines(_ snapshot: Snapshot, _ columns: Int) -> [StyledLine] {
        var totals = blank
        let counts = snapshot.totals
        let parts = [
            ("queued", counts.queued), ("running", counts.running), ("scheduled", counts.scheduled),
            ("done", counts.done), ("failed", counts.failed), ("cancelled", counts.cancelled),
        ]
        for (name, count) in parts {
            totals.add(" \(name) ", .dim)
            totals.add("\(count.grouped) ", name == "failed" && count > 0 ? .bad : .bold)
        }
        var rates = blank
        let width = min(30, max(6, (columns - 36) / 3))
        let series: [(String, KeyPath<Rates.Sample, Double>, TerminalStyle)] = [
            ("in", \.accepted, .accent), ("done", \.done, .good), ("fail", \.failed, .bad),
        ]
        for (name, path, style) in series {
            rates.add(" \(name) ", .dim)
            rates.add(sparkline.line(snapshot.rates.series(path), width: width), style)
            rates.add(" \(snapshot.rates.now[keyPath: path].rate)/s ", .bold)
        }
        return [totals, rates]
    }

    func footer(_ snapshot: Snapshot) -> StyledLine {
        var line = blank
        if snapshot.hidden.nodes > 0 { line.add(" \(snapshot.hidden.nodes) nodes not shown", .dim) }
        if snapshot.hidden.queues > 0 { line.add(" \(snapshot.hidden.queues) queues not shown", .dim) }
        return line
    }
}

extension StyledLine {
    /// The line cut to so many columns, pieces and styles kept.
    func cut(to columns: Int) -> StyledLine {
        var result = StyledLine(ascii: ascii)
        for span in spans where result.width < columns {
            result.add(TerminalText.cut(span.text, to: columns - result.width, ascii: ascii), span.style)
        }
        return result
    }
}

extension String {
    /// `1.0s` as `1s`.
    var replacingTenths: String { hasSuffix(".0s") ? String(dropLast(3)) + "s" : self }
}
