/// The pages of the screen.
enum ScreenTab: String, Sendable, CaseIterable {
    case nodes, queues, jobs, dead, cron, events, store

    var title: String {
        switch self {
        case .nodes: "Nodes"
        case .queues: "Queues"
        case .jobs: "Jobs"
        case .dead: "Dead"
        case .cron: "Cron"
        case .events: "Events"
        case .store: "Store"
        }
    }

    /// From 1: the key that opens it.
    var number: Int { (Self.allCases.firstIndex(of: self) ?? 0) + 1 }

    /// What its rows can be sorted by; the first is the usual one.
    var sorts: [ScreenSort] {
        switch self {
        case .nodes: [.state, .name, .busy, .rate, .heartbeat]
        case .queues: [.name, .queued, .age, .running, .failed]
        case .jobs: [.newest, .type, .queue, .state]
        case .dead: [.newest, .type, .queue]
        case .cron: [.next, .name]
        case .events: [.newest]
        case .store: []
        }
    }

    /// Whether its rows come from the store a page at a time.
    var isPaged: Bool { self == .jobs || self == .dead }

    /// The tab so many steps further, round and round.
    func moved(by steps: Int) -> ScreenTab {
        let all = Self.allCases
        let index = (number - 1 + steps) % all.count
        return all[index < 0 ? index + all.count : index]
    }
}

/// What rows are sorted by. Those of a job list only within the page shown: the store gives the newest first.
enum ScreenSort: String, Sendable {
    case state, name, busy, rate, heartbeat, queued, age, running, failed, newest, type, queue, next

    var title: String {
        switch self {
        case .newest: "newest first"
        case .rate: "by done/s"
        default: "by \(rawValue)"
        }
    }
}
