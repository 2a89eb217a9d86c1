import RoostJobs

extension ScreenRenderer {
    func jobs(_ view: ScreenView, height: Int) -> [StyledLine] {
        let rows = view.jobRows
        guard !rows.isEmpty else {
            let nothing = view.tab == .dead ? "no dead letters" : "no jobs"
            return empty(view, isLoaded: view.jobs.value != nil, fault: view.jobs.fault, nothing: nothing)
        }
        let isDead = view.tab == .dead
        var columns: [TextTable.Column] = [
            .init(title: "TYPE"), .init(title: "STATE", priority: 1), .init(title: "QUEUE", priority: 5),
            .init(title: "TRY", right: true, priority: 4),
            .init(title: isDead ? "DIED" : "AGE", right: true, priority: 2),
            .init(title: "RAN", right: true, priority: 3), .init(title: "JOB", priority: 6),
            .init(title: "WORKER", priority: 8, minimum: 12), .init(title: "NOTE", priority: 7, minimum: 20),
        ]
        if isDead { (columns[8].priority, columns[8].minimum) = (2, 32) }
        var table = TextTable(columns: columns, ascii: options.ascii)
        table.rows = rows.map { row($0, view, isDead: isDead) }
        return aged(table.window(width: view.size.columns, height: height, marked: view.marked(in: view.keys)), view)
    }

    private func row(_ job: JobRow, _ view: ScreenView, isDead: Bool) -> [TextTable.Cell] {
        let age = view.age(of: isDead ? job.finishedAt : job.insertedAt)
        return [
            .init(text: job.type), state(job.state), .init(text: job.queue, style: .dim),
            .init(text: "\(job.attempt)/\(job.maxAttempts)", style: job.attempt > 1 ? .warn : .dim),
            .init(text: ago(age)), .init(text: ran(job, view)), .init(text: job.id.description, style: .dim),
            .init(text: job.worker ?? "", style: .dim),
            .init(text: note(job, view), style: job.error == nil ? .dim : .bad),
        ]
    }

    /// How long its last attempt took or has taken.
    private func ran(_ job: JobRow, _ view: ScreenView) -> String {
        guard let start = job.startedAt else { return none }
        if job.state == .running { return ago(view.age(of: start)) }
        guard job.state.isFinal, let end = job.finishedAt else { return none }
        return max(0, end.since(start).inSeconds).latency
    }

    private func note(_ job: JobRow, _ view: ScreenView) -> String {
        if job.state == .scheduled {
            guard let time = job.runAt else { return "waits for other jobs" }
            let left = Duration.microseconds(max(0, time.microseconds - view.now)).short
            return (job.error.map { "retry in \(left): \($0)" }) ?? "starts in \(left)"
        }
        return job.error ?? ""
    }

    func state(_ state: JobState) -> TextTable.Cell {
        let shapes: (ascii: String, usual: String, style: TerminalStyle) =
            switch state {
            case .scheduled: ("@", "◷", .accent)
            case .queued: (".", "○", .plain)
            case .running: (">", "▶", .accent)
            case .done: ("+", "●", .good)
            case .failed: ("x", "✕", .bad)
            case .cancelled: ("-", "⊘", .dim)
            }
        return .init(text: "\(options.ascii ? shapes.ascii : shapes.usual) \(state.rawValue)", style: shapes.style)
    }

    func crons(_ view: ScreenView, height: Int) -> [StyledLine] {
        let rows = view.cronRows
        guard !rows.isEmpty else {
            return empty(
                view, isLoaded: view.crons.value != nil, fault: view.crons.fault, nothing: "no periodic jobs")
        }
        var table = TextTable(
            columns: [
                .init(title: "NAME"), .init(title: "SCHEDULE", priority: 1), .init(title: "NEXT", right: true),
                .init(title: "LAST", right: true, priority: 2), .init(title: "STATE", priority: 3),
                .init(title: "TYPE", priority: 4), .init(title: "QUEUE", priority: 6),
                .init(title: "ZONE", priority: 5), .init(title: "MISSED", priority: 7),
            ], ascii: options.ascii)
        table.rows = rows.map { cron in
            let entry = cron.entry
            let left = cron.next.map { "in " + Duration.microseconds(max(0, $0.microseconds - view.now)).short }
            return [
                .init(text: entry.name), .init(text: entry.schedule, style: .accent),
                .init(text: left ?? "never", style: left == nil ? .dim : .bold),
                .init(text: cron.last.map { "\(ago(view.age(of: $0))) ago" } ?? none, style: .dim),
                .init(text: entry.isPaused ? "paused" : "active", style: entry.isPaused ? .warn : .good),
                .init(text: entry.job.type), .init(text: entry.job.queue, style: .dim),
                .init(text: entry.timeZone, style: .dim), .init(text: entry.catchUp.rawValue, style: .dim),
            ]
        }
        return aged(table.window(width: view.size.columns, height: height, marked: view.marked(in: view.keys)), view)
    }

    func events(_ view: ScreenView, height: Int) -> [StyledLine] {
        let rows = view.eventRows
        guard !rows.isEmpty else { return empty(view, isLoaded: true, nothing: "nothing has happened") }
        let marked = view.marked(in: view.keys)
        let top = TextTable.top(count: rows.count, height: height, marked: marked)
        return rows.enumerated().dropFirst(top).prefix(height).map { index, event in
            var result = line(index == marked ? "> " : "  ")
            result.add(table.eventLine(event))
            guard index == marked else { return result }
            result.pad(to: view.size.columns)
            return result.restyled(.selected)
        }
    }

    func store(_ snapshot: Snapshot) -> [StyledLine] {
        let store = snapshot.store
        func row(_ label: String, _ value: String, _ style: TerminalStyle = .plain) -> StyledLine {
            var line = line("  \(label)", .dim)
            line.pad(to: 16)
            line.add(value, style)
            return line
        }
        var lines = [line(" Store", .bold), row("what", store.description)]
        lines.append(row("answers", store.reachable ? "yes" : "no", store.reachable ? .good : .bad))
        if let latency = store.latencyMilliseconds { lines.append(row("latency", "\(latency.rate) ms")) }
        lines.append(row("durability", store.durability))
        if let since = store.staleSince { lines.append(row("stale since", clock.time(since), .warn)) }
        if let error = store.error { lines.append(row("why", error, .bad)) }
        lines += store.warnings.map { row("warning", $0, .warn) }
        let registry = snapshot.registry
        lines += [line(""), line(" Registry", .bold)]
        lines.append(row("state", registry.state.rawValue, registry.state == .ok ? .good : .warn))
        lines.append(row("since", clock.time(registry.since)))
        lines += [line(""), line(" Since the store was made", .bold)]
        let sums = snapshot.counters
        let counters = [
            ("accepted", sums.enqueued), ("started", sums.started), ("done", sums.done), ("retried", sums.retried),
            ("dead", sums.failed), ("reclaimed", sums.reclaimed),
        ]
        return lines + counters.map { row($0.0, $0.1.grouped) }
    }
}
