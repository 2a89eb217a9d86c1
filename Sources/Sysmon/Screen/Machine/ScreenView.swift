import RoostJobs

/// Everything that is drawn. Plain values: the same view gives the same picture.
struct ScreenView: Sendable {
    /// What is open on top of the tab.
    enum Place: Sendable, Equatable {
        case help
        case job(JobID)
        case node(String)
    }

    /// The row that is marked: by what it is, so that it stays marked when others come and go, and by where it was.
    struct Mark: Sendable, Equatable {
        var key: String
        var index: Int
    }

    struct Sorting: Sendable, Equatable {
        var index = 0
        var isReversed = false
    }

    /// Something the operator must say yes to.
    struct Question: Sendable, Equatable {
        var action: ScreenAction
        var text: String
    }

    /// A sentence in the last line, for some seconds.
    struct Message: Sendable, Equatable {
        enum Kind: Sendable, Equatable { case info, good, bad }

        var text: String
        var kind: Kind
        /// Of the screen's own time.
        var at: Int64
    }

    /// What the store answered last, and whether it still holds.
    struct Loaded<Value: Sendable>: Sendable {
        var value: Value?
        /// What it is the answer to.
        var request: ScreenRequest?
        /// When it was true, microseconds since 1970.
        var at: Int64 = 0
        /// Why there is no newer one.
        var fault: String?
    }

    struct JobList: Sendable, Equatable {
        var rows: [JobRow]
        var total: Int?
    }

    /// Whether uppercase keys act.
    let mayAct: Bool
    /// How long a claim holds unless it is extended.
    let lease: Duration
    var size: TerminalSize
    /// Whether there are keys at all.
    var hasKeys: Bool
    var snapshot: Snapshot?
    /// The newest time known, also while frozen.
    var now: Int64 = 0
    /// Since when nothing is refreshed.
    var frozenAt: Int64?
    /// How many snapshots make one refresh.
    var pace = 1
    var tab = ScreenTab.nodes
    var places: [Place] = []
    /// How far a text is scrolled down.
    var scroll = 0
    var filters: [ScreenTab: String] = [:]
    /// The filter that is being typed.
    var draft: String?
    var sortings: [ScreenTab: Sorting] = [:]
    var marks: [ScreenTab: Mark] = [:]
    var pages: [ScreenTab: Int] = [:]
    var question: Question?
    var message: Message?
    var queues = Loaded<[RoostJobs.QueueStatus]>()
    var crons = Loaded<[CronStatus]>()
    var jobs = Loaded<JobList>()
    var job = Loaded<JobDetail>()
    var sample: SampleTimes?

    init(size: TerminalSize, hasKeys: Bool = true, mayAct: Bool = false, lease: Duration = .seconds(15)) {
        self.size = size
        self.hasKeys = hasKeys
        self.mayAct = mayAct
        self.lease = lease
    }

    var place: Place? { places.last }

    /// Whether what is shown is a text that scrolls, not rows with a mark.
    var isText: Bool { place != nil || tab == .store }

    /// The tab's filter as it is shown: also half typed.
    var filter: String { draft ?? filters[tab] ?? "" }

    var sorting: Sorting { sortings[tab] ?? Sorting() }

    var sort: ScreenSort? { tab.sorts.indices.contains(sorting.index) ? tab.sorts[sorting.index] : nil }

    var page: Int { pages[tab] ?? 0 }

    /// Since when the store's numbers are old, if they are.
    var staleSince: Int64? { snapshot?.store.staleSince }

    /// How long ago that was, by the screen's time; nothing is in the future.
    func age(of moment: Timestamp?) -> Duration? {
        moment.map { .microseconds(max(0, now - $0.microseconds)) }
    }
}
