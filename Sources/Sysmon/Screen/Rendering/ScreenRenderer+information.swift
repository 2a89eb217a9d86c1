import RoostJobs

extension ScreenRenderer {
    /// One line between the tabs and what they show: how much there is, how it is filtered and sorted, whether it is
    /// old. A short screen has it only when it matters.
    func information(_ view: ScreenView, _ layout: ScreenLayout) -> [StyledLine] {
        if view.place != nil { return [title(view)] }
        if let old = old(view) { return [line(" ! \(old)", .warn)] }
        var parts: [String] = []
        let keys = view.keys
        switch view.tab {
        case .jobs, .dead:
            if let total = view.jobs.value?.total { parts.append(total == 1 ? "1 job" : "\(total.grouped) jobs") }
            if view.page > 0 { parts.append("page \((view.page + 1).grouped)") }
        case .store: break
        default:
            parts.append(keys.count == 1 ? "1 row" : "\(keys.count.grouped) rows")
        }
        let filter = view.filter
        if !filter.isEmpty { parts.append("filter \(filter)") }
        if let sort = view.sort, view.tab != .events {
            parts.append(sort.title + (view.sorting.isReversed ? " reversed" : ""))
        }
        if layout.isShort, filter.isEmpty, view.page == 0 { return [] }
        return [line(" " + parts.joined(separator: " \(dot) "), .dim)]
    }

    /// Why and since when what the tab shows is old; nil while it is not.
    func old(_ view: ScreenView) -> String? {
        switch view.place {
        case .job: return old(view, view.job)
        case .help, .node: return nil
        case nil: break
        }
        return switch view.tab {
        case .queues: old(view, view.queues)
        case .jobs, .dead: old(view, view.jobs)
        case .cron: old(view, view.crons)
        case .nodes, .events, .store: nil
        }
    }

    private func old<Value>(_ view: ScreenView, _ loaded: ScreenView.Loaded<Value>) -> String? {
        if let fault = loaded.fault {
            return loaded.value == nil ? fault : "stale since \(clock.time(loaded.at)): \(fault)"
        }
        guard loaded.value != nil, view.frozenAt == nil else { return nil }
        // The store is asked with each refresh: an answer much older than that has been waited for too long.
        let patience = 5 + (view.snapshot?.interval ?? 1) * Double(view.pace) * 2
        let age = Double(view.now - loaded.at) / 1_000_000
        return age > patience ? "stale since \(clock.time(loaded.at))" : nil
    }

    private func title(_ view: ScreenView) -> StyledLine {
        var line = table.blank
        switch view.place {
        case .help: line.add(" Help", .bold)
        case .node(let name): line.add(" Node \(name)", .bold)
        case .job(let id): line.add(" Job \(id)", .bold)
        case nil: break
        }
        if let old = old(view) { line.add("  ! \(old)", .warn) } else { line.add("  esc back, jk scroll", .dim) }
        return line
    }

    /// What is shown where there are no rows; nothing where the line above says why.
    func empty(_ view: ScreenView, isLoaded: Bool, fault: String? = nil, nothing: String) -> [StyledLine] {
        if isLoaded { return [line("  " + (view.filter.isEmpty ? nothing : "nothing matches \(view.filter)"), .dim)] }
        return fault == nil ? [line("  asking the store \(ellipsis)", .dim)] : []
    }

    /// What keys do now, a question, or what came of one.
    func footer(_ view: ScreenView) -> StyledLine {
        let columns = view.size.columns
        if let question = view.question {
            var result = line(" \(question.text)", .banner).cut(to: max(0, columns - 5))
            result.add(" y/n ", .banner)
            return result
        }
        if let draft = view.draft {
            var result = line(" /", .bold)
            // The end of it is what is being typed.
            result.add(String(draft.suffix(max(1, columns - 4))))
            result.add(options.ascii ? "_" : "▏", .accent)
            return result
        }
        if let message = view.message {
            let style: TerminalStyle =
                switch message.kind {
                case .info: .bold
                case .good: .good
                case .bad: .bad
                }
            return line(" \(message.text)", style)
        }
        var result = line(" " + hints(view).joined(separator: "  "), .dim)
        if let hidden = hidden(view) { result.add("   \(hidden)", .warn) }
        return result
    }

    private func hints(_ view: ScreenView) -> [String] {
        guard view.hasKeys else { return ["^C quit"] }
        if view.place != nil {
            var hints = ["q back", "? help", "jk scroll"]
            if case .job = view.place, view.mayAct { hints.append("C cancel  R replay  D delete") }
            if case .node = view.place, view.mayAct { hints.append("D drain") }
            return hints
        }
        var hints = ["q quit", "? help"]
        if view.mayAct {
            if view.tab == .nodes { hints.append("D drain") }
            if view.tab == .queues { hints.append("P pause") }
            if view.tab == .cron { hints.append("P pause  R run") }
            if view.tab.isPaged { hints.append("C cancel  R replay  D delete") }
        }
        hints += ["1-7 tab", "space freeze"]
        if view.tab == .store { return hints + ["jk scroll"] }
        hints += ["enter open", "/ filter"]
        if view.tab.sorts.count > 1 { hints.append("s sort") }
        if view.tab.isPaged { hints.append("[] page") }
        hints.append("jk row")
        return hints
    }

    private func hidden(_ view: ScreenView) -> String? {
        guard let hidden = view.snapshot?.hidden else { return nil }
        if view.tab == .nodes, hidden.nodes > 0 { return "\(hidden.nodes.grouped) nodes not shown" }
        if view.tab == .queues, hidden.queues > 0 { return "\(hidden.queues.grouped) queues not shown" }
        return nil
    }
}
