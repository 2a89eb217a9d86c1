/// Which tasks run here, who watches them, and how the last ones ended. No clock, no I/O.
struct TaskLedger: Sendable {
    struct Watcher: Sendable, Hashable {
        var member: MemberID
        var reference: UInt64
    }

    struct Outcome: Sendable, Equatable {
        var reason: DownReason
        var result: [UInt8] = []
    }

    /// What somebody is to be told.
    struct Notice: Sendable, Equatable {
        var watcher: Watcher
        var outcome: Outcome
    }

    private struct Running: Sendable {
        var spawner: Watcher
        var watchers: Set<Watcher>
    }

    private struct Ended: Sendable {
        var spawner: Watcher
        var outcome: Outcome
    }

    private var running: [UInt64: Running] = [:]
    private var ended: [UInt64: Ended] = [:]
    private var endedOrder: [UInt64] = []
    private var endedBytes = 0
    private var last: UInt64 = 0
    let maximumRunning: Int
    let maximumEnded: Int
    let maximumEndedBytes: Int
    /// The most watchers of one task.
    static let maximumWatchers = 1024

    init(maximumRunning: Int, maximumEnded: Int = 1000, maximumEndedBytes: Int = 8 * 1024 * 1024) {
        self.maximumRunning = max(1, maximumRunning)
        self.maximumEnded = max(1, maximumEnded)
        self.maximumEndedBytes = max(0, maximumEndedBytes)
    }

    var runningCount: Int { running.count }

    /// A new task's number, or nil when too many run.
    mutating func spawn(by spawner: Watcher) -> UInt64? {
        guard running.count < maximumRunning else { return nil }
        last += 1
        running[last] = Running(spawner: spawner, watchers: [spawner])
        return last
    }

    func mayCancel(_ task: UInt64, _ member: MemberID) -> Bool {
        running[task]?.spawner.member == member
    }

    /// Who asks again after a connection broke is the same watcher. Returns what to tell at once.
    mutating func watch(_ task: UInt64, _ watcher: Watcher) -> Notice? {
        if let watchers = running[task]?.watchers {
            guard watchers.contains(watcher) || watchers.count < Self.maximumWatchers else {
                return Notice(watcher: watcher, outcome: Outcome(reason: .noproc))
            }
            running[task]?.watchers.insert(watcher)
            return nil
        }
        guard let ended = ended[task] else { return Notice(watcher: watcher, outcome: Outcome(reason: .noproc)) }
        return Notice(watcher: watcher, outcome: Self.outcome(ended.outcome, for: watcher, of: ended.spawner))
    }

    mutating func unwatch(_ task: UInt64, _ watcher: Watcher) {
        running[task]?.watchers.remove(watcher)
    }

    /// The task is over; returns what to tell whom. The result is its spawner's.
    mutating func end(_ task: UInt64, _ outcome: Outcome) -> [Notice] {
        guard let over = running.removeValue(forKey: task) else { return [] }
        ended[task] = Ended(spawner: over.spawner, outcome: outcome)
        endedOrder.append(task)
        endedBytes += outcome.result.count
        while endedOrder.count > maximumEnded || endedBytes > maximumEndedBytes, let oldest = endedOrder.first {
            endedOrder.removeFirst()
            endedBytes -= ended.removeValue(forKey: oldest)?.outcome.result.count ?? 0
        }
        return over.watchers.sorted { ($0.member, $0.reference) < ($1.member, $1.reference) }.map {
            Notice(watcher: $0, outcome: Self.outcome(outcome, for: $0, of: over.spawner))
        }
    }

    /// A member is gone: it watches nothing, and what it spawned is to be cancelled.
    mutating func memberEnded(_ member: MemberID) -> [UInt64] {
        for (number, task) in running {
            let left = task.watchers.filter { $0.member != member }
            if left.count != task.watchers.count { running[number]?.watchers = left }
        }
        return running.filter { $0.value.spawner.member == member }.keys.sorted()
    }

    private static func outcome(_ outcome: Outcome, for watcher: Watcher, of spawner: Watcher) -> Outcome {
        watcher == spawner ? outcome : Outcome(reason: outcome.reason)
    }
}
