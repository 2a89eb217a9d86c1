import RoostJobs

/// What the screen's shell is to do.
enum ScreenDirective: Sendable, Equatable {
    /// Draw the view: only what changed is written.
    case draw
    /// Draw it on a clean screen.
    case redraw
    /// Ask the source.
    case ask(ScreenRequest)
    /// Have the source act.
    case act(ScreenAction)
    /// End.
    case quit
}

/// The screen's behaviour: keys, snapshots and answers in, directives out. No clock, no I/O: time is the snapshots'.
///
/// At most one question about what is shown and one about the sample are on their way at a time, so a slow store is
/// never asked faster than it answers.
struct ScreenMachine: Sendable {
    private(set) var view: ScreenView
    private let hasSource: Bool
    private var flying: ScreenRequest?
    private var isSampling = false
    private var sampledAt: Int64?

    /// Jobs looked at for times, and how often.
    static let sampleSize = 100
    static let samplePeriod = Duration.seconds(5)
    /// How long a sentence stays in the last line.
    static let messageTime = Duration.seconds(6)
    static let longestFilter = 200
    /// Seconds, more or less, between two refreshes.
    static let paces = [1, 2, 5, 10, 30, 60]

    init(view: ScreenView, hasSource: Bool) {
        self.view = view
        self.hasSource = hasSource
    }

    // MARK: What comes in

    /// A snapshot: also what makes time go on.
    mutating func onSnapshot(_ snapshot: Snapshot) -> [ScreenDirective] {
        view.now = snapshot.time
        if let message = view.message, view.now - message.at >= Self.messageTime.clampedMicroseconds {
            view.message = nil
        }
        guard view.frozenAt == nil else { return [.draw] }
        if let before = view.snapshot, before.store.reachable == snapshot.store.reachable,
            snapshot.sequence > before.sequence, snapshot.sequence - before.sequence < view.pace
        {
            return [.draw]
        }
        view.snapshot = snapshot
        keepMark()
        // A store that is away is asked by the snapshots alone.
        return [.draw] + (snapshot.store.reachable ? ask() : [])
    }

    mutating func onResize(_ size: TerminalSize) -> [ScreenDirective] {
        guard size != view.size else { return [.redraw] }
        view.size = size
        // A page of jobs is as long as the screen is high.
        return [.redraw] + (view.tab.isPaged && view.frozenAt == nil ? ask() : [])
    }

    mutating func onAnswer(_ answer: ScreenAnswer, to request: ScreenRequest) -> [ScreenDirective] {
        if case .sample = request {
            isSampling = false
            if case .page(let page) = answer { view.sample = SampleTimes(page.jobs) }
            return [.draw]
        }
        flying = nil
        // Something else is on the screen by now.
        guard request == wanted else { return ask() }
        take(answer, request)
        keepMark()
        return [.draw]
    }

    mutating func onFailure(_ text: String, of request: ScreenRequest) -> [ScreenDirective] {
        if case .sample = request {
            isSampling = false
            return []
        }
        flying = nil
        guard request == wanted else { return ask() }
        switch request {
        case .jobs, .find, .sample: view.jobs.fault = text
        case .queues: view.queues.fault = text
        case .crons: view.crons.fault = text
        case .job: view.job.fault = text
        }
        return [.draw]
    }

    /// What came of an action.
    mutating func onActed(_ action: ScreenAction, _ text: String, isGood: Bool) -> [ScreenDirective] {
        say(text, isGood ? .good : .bad)
        if isGood, case .delete(let id) = action, view.place == .job(id) { view.places.removeLast() }
        return [.draw] + ask()
    }

    /// How far the text shown can be scrolled, as the picture came out.
    mutating func onDrawn(scrollLimit: Int) { view.scroll = min(view.scroll, max(0, scrollLimit)) }

    // MARK: Asking

    /// What the screen shows of the store, if it shows anything.
    var wanted: ScreenRequest? {
        guard hasSource else { return nil }
        if let place = view.places.last(where: { $0 != .help }) {
            if case .job(let id) = place { return .job(id) }
            return nil
        }
        switch view.tab {
        case .queues: return .queues
        case .cron: return .crons
        case .jobs, .dead:
            return JobFilter(view.filters[view.tab] ?? "").request(
                state: view.tab == .dead ? .failed : nil, page: view.page,
                size: ScreenLayout(size: view.size).tableRows)
        case .nodes, .events, .store: return nil
        }
    }

    mutating func ask() -> [ScreenDirective] {
        var directives: [ScreenDirective] = []
        // Frozen, only what is not there at all is fetched.
        if flying == nil, let wanted, view.frozenAt == nil || !isLoaded(wanted) {
            flying = wanted
            directives.append(.ask(wanted))
        }
        let isDue = sampledAt.map { view.now - $0 >= Self.samplePeriod.clampedMicroseconds || view.now < $0 } ?? true
        if hasSource, !isSampling, isDue, view.frozenAt == nil, view.snapshot != nil,
            ScreenLayout(size: view.size).summary == .all
        {
            (isSampling, sampledAt) = (true, view.now)
            directives.append(.ask(.sample(Self.sampleSize)))
        }
        return directives
    }

    private func isLoaded(_ request: ScreenRequest) -> Bool {
        [view.jobs.request, view.queues.request, view.crons.request, view.job.request].contains(request)
    }

    private mutating func take(_ answer: ScreenAnswer, _ request: ScreenRequest) {
        func loaded<Value>(_ value: Value?, fault: String? = nil) -> ScreenView.Loaded<Value> {
            .init(value: value, request: request, at: view.now, fault: fault)
        }
        switch (answer, request) {
        case (.page(let page), _): view.jobs = loaded(.init(rows: page.jobs.map(JobRow.init), total: page.total))
        case (.queues(let queues), _): view.queues = loaded(queues)
        case (.crons(let crons), _): view.crons = loaded(crons)
        case (.job(let detail?), _): view.job = loaded(detail)
        case (.job(nil), .job(let id)):
            let known = view.job.value.flatMap { $0.job.id == id ? $0 : nil }
            view.job = loaded(known, fault: "there is no such job\(known == nil ? "" : " any more")")
        case (.job(nil), _): break
        }
    }

    // MARK: Small steps the keys share

    mutating func say(_ text: String, _ kind: ScreenView.Message.Kind = .info) {
        view.message = .init(text: text, kind: kind, at: view.now)
    }

    mutating func change(_ make: (inout ScreenView) -> Void) { make(&view) }

    /// Keeps the mark on what it marks, wherever that is now; when it is gone, on what took its place.
    private mutating func keepMark() {
        guard view.marks[view.tab] != nil else { return }
        mark(view.marked(in: view.keys))
    }

    mutating func mark(_ index: Int?) {
        let keys = view.keys
        guard let index, let last = keys.indices.last else {
            view.marks[view.tab] = nil
            return
        }
        let row = min(max(0, index), last)
        view.marks[view.tab] = .init(key: keys[row], index: row)
    }
}
