import RoostJobs

extension ScreenRenderer {
    func header(_ view: ScreenView, _ snapshot: Snapshot) -> StyledLine {
        let isNarrow = ScreenLayout(size: view.size).isNarrow
        var left = table.blank
        left.add(" roost", .bold)
        left.add(" \(dot) ", .dim)
        left.add(snapshot.cluster, .accent)
        left.add(" \(dot) ", .dim)
        if !isNarrow { left.add(snapshot.store.description + " ") }
        left.add(snapshot.store.reachable ? (options.ascii ? "*" : "●") : "x", snapshot.store.reachable ? .good : .bad)
        if let latency = snapshot.store.latencyMilliseconds { left.add(" \(latency.rate) ms", .dim) }
        if !isNarrow, !snapshot.store.durability.isEmpty { left.add(" \(snapshot.store.durability)", .dim) }
        var right = table.blank
        if let since = view.frozenAt { right.add(" FROZEN \(clock.time(since)) ", .banner) }
        right.add(" \(clock.zoned(view.now)) ", .bold)
        if !isNarrow {
            let seconds = snapshot.interval * Double(view.pace)
            right.add("every \(Duration.short(seconds: seconds).replacingTenths) ", .dim)
            right.add(view.mayAct ? "READ-WRITE " : "READ-ONLY ", view.mayAct ? .warn : .dim)
        } else if view.mayAct {
            right.add("RW ", .warn)
        }
        // The clock is what shows that the screen lives: when both do not fit, the description is cut.
        let room = view.size.columns - right.width
        guard room > 8 else { return left }
        var result = left.cut(to: room)
        result.pad(to: room)
        result.add(right)
        return result
    }

    /// What is wrong; on a short screen only the first of it.
    func banners(_ view: ScreenView, _ snapshot: Snapshot) -> [StyledLine] {
        let banners = table.banners(snapshot, view.size.columns)
        return ScreenLayout(size: view.size).isShort ? Array(banners.prefix(1)) : banners
    }

    func summary(_ view: ScreenView, _ snapshot: Snapshot, _ layout: ScreenLayout) -> [StyledLine] {
        let totals = totals(snapshot, layout)
        let rates = rates(snapshot, view.size.columns)
        let aged = { (line: StyledLine) in view.staleSince == nil ? line : line.restyled(.dim) }
        return switch layout.summary {
        case .one: [aged(totals)]
        case .two: [aged(totals), aged(rates)]
        case .all: [members(snapshot), aged(totals), aged(rates), aged(sample(view))]
        }
    }

    private func members(_ snapshot: Snapshot) -> StyledLine {
        var line = table.membersLine(snapshot)
        let slots = snapshot.slots
        if slots.all > 0 { line.add(" " + sparkline.bar(slots.busy, of: slots.all, width: 10), .accent) }
        let apart = snapshot.presentNodes.filter { $0.link == .suspect || $0.link == .indirect }.count
        if apart > 0 { line.add("   \(apart) not reached from here", .warn) }
        return line
    }

    private func totals(_ snapshot: Snapshot, _ layout: ScreenLayout) -> StyledLine {
        let counts = snapshot.totals
        func bold(_ label: String, _ count: Int) -> (String, String, TerminalStyle) { (label, count.grouped, .bold) }
        let failed = ("dead", counts.failed.grouped, counts.failed > 0 ? TerminalStyle.bad : .bold)
        // What must be seen comes first: a narrow screen cuts the rest.
        return pairs([
            bold("queued", counts.queued), bold("running", counts.running), failed,
            bold("scheduled", counts.scheduled), bold("done", counts.done), bold("cancelled", counts.cancelled),
        ])
    }

    /// Jobs accepted, done and failed each second, with pictures as wide as there is room for.
    private func rates(_ snapshot: Snapshot, _ columns: Int) -> StyledLine {
        let now = snapshot.rates.now
        let all: [(String, KeyPath<Rates.Sample, Double>, TerminalStyle)] = [
            ("in", \.accepted, .accent), ("done", \.done, .good), ("fail", \.failed, .bad),
        ]
        let words = all.reduce(0) { $0 + $1.0.count + now[keyPath: $1.1].rate.count + 6 }
        let width = min(30, (columns - words) / 3)
        var line = table.blank
        for (name, path, style) in all {
            line.add(" \(name) ", .dim)
            if width >= 3 {
                line.add(sparkline.line(snapshot.rates.series(path), width: width) + " ", style)
            }
            line.add("\(now[keyPath: path].rate)/s ", .bold)
        }
        return line
    }

    private func sample(_ view: ScreenView) -> StyledLine {
        guard let sample = view.sample, sample.count > 0 else {
            return line(" times: no job is done yet", .dim)
        }
        func times(_ percentiles: SampleTimes.Percentiles?) -> String {
            percentiles.map { "p50 \($0.p50.latency) p99 \($0.p99.latency)" } ?? none
        }
        let label = view.size.columns < 80 ? "newest \(sample.count):" : "sample: newest \(sample.count) done \(dot)"
        return pairs([("\(label) wait", times(sample.wait), .bold), ("run", times(sample.run), .bold)])
    }

    // MARK: Tabs

    func tabs(_ view: ScreenView, _ snapshot: Snapshot) -> StyledLine {
        func count(_ tab: ScreenTab) -> Int? {
            switch tab {
            case .nodes: snapshot.presentNodes.count
            case .queues: snapshot.queues.count
            case .dead: snapshot.totals.failed
            case .jobs: snapshot.totals.queued + snapshot.totals.running
            default: nil
            }
        }
        let full = ScreenTab.allCases.map { tab in
            "\(tab.number) \(tab.title)" + (count(tab).map { " \($0.grouped)" } ?? "")
        }
        let plain = ScreenTab.allCases.map { "\($0.number) \($0.title)" }
        let short = ScreenTab.allCases.map { $0 == view.tab ? "\($0.number) \($0.title)" : "\($0.number)" }
        let fits = { (titles: [String]) in titles.reduce(1) { $0 + $1.count + 2 } <= view.size.columns }
        let titles = fits(full) ? full : fits(plain) ? plain : short
        var line = table.blank
        guard fits(titles) else {
            line.add(" [\(view.tab.number) \(view.tab.title)]", .selected)
            line.add(" of 7", .dim)
            return line
        }
        line.add(" ")
        for (tab, title) in zip(ScreenTab.allCases, titles) {
            let isOpen = tab == view.tab
            line.add(isOpen ? "[\(title)]" : " \(title) ", isOpen ? .selected : .dim)
        }
        return line
    }
}

extension Double {
    /// A time for people, from seconds: `4ms`, `1.2s`, `3m`.
    var latency: String {
        guard isFinite, self >= 0 else { return "-" }
        if self < 1 { return "\(Swift.min(Int((self * 1000).rounded()), 999))ms" }
        return Duration.short(seconds: self)
    }
}
