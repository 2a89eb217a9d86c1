import RoostJobs

extension ScreenMachine {
    /// A key that was pressed.
    mutating func onKey(_ key: Key) -> [ScreenDirective] {
        if let question = view.question { return answer(question, with: key) }
        if view.draft != nil { return edit(key) }
        change { $0.message = nil }
        switch key {
        case .character("q"): return back() ?? [.quit]
        case .control("c"): return [.quit]
        case .control("l"): return [.redraw]
        case .escape: return back() ?? clearFilter()
        case .character("?"): return toggleHelp()
        case .character(" "): return freeze()
        case .character("+"), .character("-"): return changePace(faster: key == .character("+"))
        case .tab, .right, .character("l"): return open(view.tab.moved(by: 1))
        case .backTab, .left, .character("h"): return open(view.tab.moved(by: -1))
        case .character(let character):
            if let tab = ScreenTab.allCases.first(where: { String($0.number) == String(character) }) {
                return open(tab)
            }
            if character != "G", character.isUppercase { return act(character) }
        default: break
        }
        return view.isText ? onTextKey(key) : onListKey(key)
    }

    // MARK: Everywhere

    /// Closes what is open on top; nil when nothing is.
    private mutating func back() -> [ScreenDirective]? {
        guard view.place != nil else { return nil }
        change {
            $0.places.removeLast()
            $0.scroll = 0
        }
        return [.draw] + ask()
    }

    private mutating func clearFilter() -> [ScreenDirective] {
        guard view.filters[view.tab] != nil else { return [.draw] }
        return apply(filter: "")
    }

    private mutating func toggleHelp() -> [ScreenDirective] {
        if view.place == .help { return back() ?? [] }
        return push(.help)
    }

    mutating func push(_ place: ScreenView.Place) -> [ScreenDirective] {
        change {
            $0.places = $0.places.suffix(8) + [place]
            $0.scroll = 0
            if case .job(let id) = place, $0.job.value?.job.id != id { $0.job = .init() }
        }
        return [.draw] + ask()
    }

    private mutating func freeze() -> [ScreenDirective] {
        change { $0.frozenAt = $0.frozenAt == nil ? $0.now : nil }
        return [.draw] + (view.frozenAt == nil ? ask() : [])
    }

    private mutating func changePace(faster: Bool) -> [ScreenDirective] {
        let index = (Self.paces.firstIndex(of: view.pace) ?? 0) + (faster ? -1 : 1)
        let pace = Self.paces[min(max(0, index), Self.paces.count - 1)]
        change { $0.pace = pace }
        say(pace == 1 ? "every snapshot is shown" : "one in \(pace) snapshots is shown")
        return [.draw]
    }

    mutating func open(_ tab: ScreenTab) -> [ScreenDirective] {
        change {
            if tab.isPaged, tab != $0.tab { $0.jobs = .init() }
            $0.tab = tab
            $0.places = []
            $0.scroll = 0
        }
        return [.draw] + ask()
    }

    // MARK: In a text: a job, a node, the help

    private mutating func onTextKey(_ key: Key) -> [ScreenDirective] {
        let page = max(1, view.size.rows - 6)
        let steps: Int
        switch key {
        case .up, .character("k"): steps = -1
        case .down, .character("j"): steps = 1
        case .pageUp, .control("b"), .control("u"): steps = -page
        case .pageDown, .control("f"), .control("d"): steps = page
        case .home, .character("g"): steps = -view.scroll
        case .end, .character("G"): steps = 1_000_000
        default: return []
        }
        change { $0.scroll = min(max(0, $0.scroll + steps), 1_000_000) }
        return [.draw]
    }

    // MARK: In a list

    private mutating func onListKey(_ key: Key) -> [ScreenDirective] {
        let keys = view.keys
        let row = view.marked(in: keys) ?? 0
        let page = ScreenLayout(size: view.size).tableRows
        switch key {
        case .up, .character("k"): mark(row - 1)
        case .down, .character("j"): mark(row + 1)
        case .home, .character("g"): mark(0)
        case .end, .character("G"): mark(keys.count - 1)
        case .pageUp, .control("b"), .control("u"):
            if view.tab.isPaged { return turn(by: -1) }
            mark(row - page)
        case .pageDown, .control("f"), .control("d"):
            if view.tab.isPaged { return turn(by: 1) }
            mark(row + page)
        case .character("["): return turn(by: -1)
        case .character("]"): return turn(by: 1)
        case .character("/"): change { $0.draft = $0.filters[$0.tab] ?? "" }
        case .character("s"): return sort { $0.index = ($0.index + 1) % max(1, $1) }
        case .character("r"): return sort { sorting, _ in sorting.isReversed.toggle() }
        case .enter: return openRow(row, of: keys)
        default: return []
        }
        return [.draw]
    }

    private mutating func sort(_ make: (inout ScreenView.Sorting, Int) -> Void) -> [ScreenDirective] {
        guard !view.tab.sorts.isEmpty else { return [] }
        change {
            var sorting = $0.sorting
            make(&sorting, $0.tab.sorts.count)
            $0.sortings[$0.tab] = sorting
        }
        return [.draw]
    }

    /// Another page of jobs; not beyond the last one.
    private mutating func turn(by steps: Int) -> [ScreenDirective] {
        guard view.tab.isPaged else { return [] }
        let size = ScreenLayout(size: view.size).tableRows
        let rows = view.jobs.value?.rows.count ?? 0
        let isLast = view.jobs.value?.total.map { (view.page + 1) * size >= $0 } ?? (rows < size)
        if steps > 0, isLast {
            say("this is the last page")
            return [.draw]
        }
        // So many pages of the longest size are still within what a query can pass over.
        change {
            $0.pages[$0.tab] = min(max(0, $0.page + steps), 1_000_000)
            $0.marks[$0.tab] = nil
        }
        return [.draw] + ask()
    }

    private mutating func openRow(_ row: Int, of keys: [String]) -> [ScreenDirective] {
        guard keys.indices.contains(row) else { return [] }
        mark(row)
        switch view.tab {
        case .nodes: return push(.node(keys[row]))
        case .queues: return show("queue:\(keys[row])")
        case .cron: return show("type:\(view.cronRows[row].entry.job.type)")
        case .jobs, .dead: return JobID(keys[row]).map { push(.job($0)) } ?? []
        case .events:
            let subject = view.eventRows[row].subject
            guard view.snapshot?.nodes.contains(where: { $0.name == subject }) ?? false else { return [] }
            return push(.node(subject))
        case .store: return []
        }
    }

    /// The jobs tab with that filter.
    private mutating func show(_ filter: String) -> [ScreenDirective] {
        change {
            $0.tab = .jobs
            $0.jobs = .init()
        }
        return apply(filter: filter)
    }

    mutating func apply(filter: String) -> [ScreenDirective] {
        let text = String(filter.drop(while: \.isWhitespace))
        change {
            $0.draft = nil
            $0.filters[$0.tab] = text.isEmpty ? nil : text
            $0.pages[$0.tab] = nil
            $0.marks[$0.tab] = nil
        }
        if view.tab.isPaged, let fault = JobFilter(text).fault { say(fault, .bad) }
        return [.draw] + ask()
    }

    // MARK: While a filter is typed

    private mutating func edit(_ key: Key) -> [ScreenDirective] {
        let draft = view.draft ?? ""
        switch key {
        case .enter: return apply(filter: draft)
        case .escape: change { $0.draft = nil }
        case .control("c"): return [.quit]
        case .control("u"): change { $0.draft = "" }
        case .backspace: change { $0.draft = String(draft.dropLast()) }
        case .character(let character) where draft.count < Self.longestFilter:
            change { $0.draft = draft + String(character) }
        default: return []
        }
        return [.draw]
    }
}
