import RoostJobs
import Synchronization

/// One write transaction: the connection, the time it happens at, and what it does to the ledger.
///
/// The ledger's change takes effect only when the commit succeeded; until then everyone else sees the old ledger.
/// Belongs to the writer's thread.
final class SQLiteTransaction {
    /// Whom to wake after the commit.
    struct Wakes: OptionSet {
        let rawValue: Int
        /// A job became claimable, or a limit allows more.
        static let claims = Wakes(rawValue: 1)
        /// A job was scheduled, or others must be told of a job's end.
        static let schedule = Wakes(rawValue: 2)
        /// A periodic job was changed.
        static let crons = Wakes(rawValue: 4)
        /// Ends are in the feed.
        static let ends = Wakes(rawValue: 8)
    }

    let connection: SQLiteConnection
    /// The store's time for the calls in the transaction; later for those that joined it later.
    var now: Timestamp
    var change: SQLiteLedger.Change
    var wakes: Wakes = []
    /// Running jobs whose cancel their workers must be told of.
    var wished: [JobID] = []
    /// Jobs whose watchers have something to look at.
    var touched: [JobID] = []
    /// Whether ends go into the feed, and those that are to be written there.
    var isFeeding: Bool
    var fed: [(id: JobID, state: JobState)] = []
    /// Claims that waited, and what they got.
    var served: [(parked: ParkedClaim, claims: [Claim])] = []
    private let before: SQLiteLedger.Figures
    unowned let committer: SQLiteCommitter
    /// Whether moves are to be counted along, see `SQLiteRecount`.
    var isCounting: Bool
    // Changed by commits alone, so they hold for the whole transaction.
    private let committedSettings: [String: QueueSettings]
    private let hasWishes: Bool
    private var committedWaiting: [String: Int] = [:]

    init(_ connection: SQLiteConnection, now: Timestamp, of committer: SQLiteCommitter) {
        self.connection = connection
        self.now = now
        self.committer = committer
        (before, committedSettings, hasWishes, isFeeding) = committer.ledger.withLock { ledger in
            (ledger.figures, ledger.settings, !ledger.wishes.isEmpty, ledger.isFeeding)
        }
        isCounting = committer.recount.withLock { $0.cursor != nil }
        change = SQLiteLedger.Change(figures: before)
    }

    /// Whether the ledger's row must be written.
    var changesFigures: Bool {
        before.sequence != change.figures.sequence || before.totals != change.figures.totals
    }

    /// The next place in line or token; never given out twice.
    func nextSequence() -> Int64 {
        change.figures.sequence += 1
        return change.figures.sequence
    }

    // MARK: The ledger, this transaction's own changes included

    /// Jobs of a queue in a state.
    func count(_ queue: String, _ state: JobState) -> Int {
        (committer.ledger.withLock { $0.counts[queue]?[state] } ?? 0)
            + (change.counts[queue]?[state] ?? 0)
    }

    /// Jobs of a queue that are scheduled or queued.
    func waiting(_ queue: String) -> Int {
        var waiting = committedWaiting[queue]
        if waiting == nil {
            waiting = committer.ledger.withLock { ledger in
                (ledger.counts[queue]?[.queued] ?? 0) + (ledger.counts[queue]?[.scheduled] ?? 0)
            }
            committedWaiting[queue] = waiting
        }
        let changed = change.counts[queue] ?? StateCounts()
        return (waiting ?? 0) + changed[.queued] + changed[.scheduled]
    }

    /// Running jobs of all queues.
    var running: Int { committer.ledger.withLock { $0.running } + change.running }

    /// Running jobs of a tenant.
    func running(_ tenant: SQLiteLedger.Scope) -> Int {
        (committer.ledger.withLock { $0.tenantsRunning[tenant] } ?? 0) + (change.tenantsRunning[tenant] ?? 0)
    }

    /// What holds for a queue; nil: nothing does.
    func settings(_ queue: String) -> QueueSettings? {
        if !change.settings.isEmpty, let changed = change.settings[queue] { return changed }
        return committedSettings.isEmpty ? nil : committedSettings[queue]
    }

    /// How many jobs may start under a rate, and when the next may when none may.
    func room(_ rate: RateLimit, _ scope: SQLiteLedger.Scope) -> (left: Int, next: Timestamp?) {
        let more = change.starts[scope] ?? 0
        return committer.ledger.withLock { ledger in
            (ledger.starts[scope] ?? StartTimes()).room(rate, now: now, more: more)
        }
    }

    /// Why somebody wants a running job cancelled.
    func wish(_ id: JobID) -> String? {
        if !change.wishes.isEmpty, let changed = change.wishes[id] { return changed }
        return hasWishes ? committer.ledger.withLock { $0.wishes[id] } : nil
    }

    /// Whether others wait for the end of the job a ticket is for, or may.
    func isAwaited(_ ticket: Claim.Ticket) -> Bool {
        if !change.awaited.isEmpty, change.awaited.contains(ticket.id) { return true }
        let lease = change.granted[ticket.id] ?? committer.ledger.withLock { $0.leases[ticket.id] }
        guard let lease, lease.token == ticket.token else { return true }
        return lease.isAwaited
    }

    /// Types with queued jobs in a band, those with a tenant apart.
    func lanes(_ band: SQLiteLedger.Band, types: Set<String>?) -> (plain: [String], tenanted: [String]) {
        let committed = committer.ledger.withLock { ($0.bands[band], $0.tenantBands[band]) }
        func lanes(_ known: [String: Int]?, _ changed: [String: Int]?) -> [String] {
            var lanes = known ?? [:]
            if let changed { lanes.merge(changed, uniquingKeysWith: +) }
            return lanes.compactMap { type, count in count > 0 && types?.contains(type) ?? true ? type : nil }
        }
        return (lanes(committed.0, change.bands[band]), lanes(committed.1, change.tenantBands[band]))
    }

    /// Queues with settings.
    var queuesWithSettings: Set<String> {
        let changed = change.settings.filter { $0.value != nil }.keys
        return Set(committedSettings.keys).union(changed)
    }
}
