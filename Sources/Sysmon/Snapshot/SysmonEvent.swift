/// Something that happened while this process was watching.
public struct SysmonEvent: Codable, Sendable, Equatable {
    /// What happened.
    public enum Kind: String, Codable, Sendable {
        /// The source started to watch.
        case started = "sysmon.started"
        /// A member is there for the first time, or a new life of its name.
        case joined = "node.joined"
        /// Its beats stopped.
        case lost = "node.lost"
        /// It said goodbye.
        case left = "node.left"
        /// It was lost and beats again.
        case returned = "node.returned"
        /// It takes nothing new.
        case draining = "node.draining"
        /// It takes work again.
        case resumed = "node.resumed"
        /// One of its supervised loops was restarted.
        case dutyRestarted = "node.duty_restarted"
        /// The store stopped answering.
        case storeLost = "store.lost"
        /// The store answers again.
        case storeBack = "store.back"
        /// The store has a new warning.
        case storeWarning = "store.warning"
        /// The registry does not do its work.
        case registryDegraded = "registry.degraded"
        /// The registry does its work again.
        case registryRecovered = "registry.recovered"

        /// The word for people.
        var verb: String {
            switch self {
            case .started: "started"
            case .joined: "joined"
            case .lost, .storeLost: "lost"
            case .left: "left"
            case .returned: "returned"
            case .draining: "draining"
            case .resumed: "resumed"
            case .dutyRestarted: "duty restarted"
            case .storeBack: "back"
            case .storeWarning: "warning"
            case .registryDegraded: "degraded"
            case .registryRecovered: "recovered"
            }
        }

        /// One character that tells good from bad without colour.
        var mark: String {
            switch self {
            case .joined, .returned, .storeBack, .registryRecovered, .resumed: "+"
            case .lost, .left: "-"
            case .storeLost, .registryDegraded, .storeWarning, .dutyRestarted: "!"
            case .draining: "~"
            case .started: "*"
            }
        }
    }

    /// Grows by one with each event of one source.
    public var id: Int
    /// When it was seen, microseconds since 1970.
    public var time: Int64
    /// What happened.
    public var kind: Kind
    /// To whom: a member's name, `store` or `registry`.
    public var subject: String
    /// What else is known; may be empty.
    public var detail: String
}

/// The last events, numbered.
struct EventLog: Sendable {
    let limit: Int
    private(set) var events: [SysmonEvent] = []
    private var next = 1

    init(limit: Int) { self.limit = max(1, limit) }

    mutating func add(_ kind: SysmonEvent.Kind, _ subject: String, _ detail: String = "", at time: Int64) {
        events.append(SysmonEvent(id: next, time: time, kind: kind, subject: subject, detail: detail))
        next += 1
        if events.count > limit { events.removeFirst(events.count - limit) }
    }
}
