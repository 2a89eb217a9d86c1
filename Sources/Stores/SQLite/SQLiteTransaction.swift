import CSQLite
import RoostJobs

/// One write transaction: the connection, the time it happens at, and what it does to the ledger.
///
/// The ledger's change takes effect only when the commit succeeded; until then everyone else sees the old ledger.
/// Belongs to the writer's thread.
final class SQLiteTransaction {
    let connection: SQLiteConnection
    /// The store's time for everything in the transaction.
    let now: Timestamp
    private(set) var change: SQLiteLedger.Change
    /// Whether a job became claimable, and whether one was scheduled: whom to wake.
    private(set) var isReady = false
    private(set) var isScheduled = false
    private let before: SQLiteLedger.Figures
    private let committedLanes: (SQLiteLedger.Band) -> [String: Int]

    init(
        _ connection: SQLiteConnection, now: Timestamp, figures: SQLiteLedger.Figures,
        lanes: @escaping (SQLiteLedger.Band) -> [String: Int]
    ) {
        self.connection = connection
        self.now = now
        before = figures
        change = SQLiteLedger.Change(figures: figures)
        committedLanes = lanes
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

    /// Types with queued jobs in a band, this transaction's own included.
    func lanes(_ band: SQLiteLedger.Band, types: Set<String>?) -> [String] {
        var lanes = committedLanes(band)
        if let changed = change.bands[band] { lanes.merge(changed, uniquingKeysWith: +) }
        return lanes.compactMap { type, count in count > 0 && types?.contains(type) ?? true ? type : nil }
    }

    // MARK: What the ledger must know

    func add(_ totals: (inout StoreCounts.Totals) -> Void) { totals(&change.figures.totals) }

    /// A job left a state, came to a state, or both.
    func moved(_ queue: String, from old: JobState?, to new: JobState?) {
        if let old { change.counts[.init(queue: queue, state: old), default: 0] -= 1 }
        if let new { change.counts[.init(queue: queue, state: new), default: 0] += 1 }
    }

    /// A job joined its lane.
    func joined(_ queue: String, priority: Int, type: String) {
        change.bands[.init(queue: queue, priority: priority), default: [:]][type, default: 0] += 1
        isReady = true
    }

    /// A job left its lane.
    func left(_ queue: String, priority: Int, type: String) {
        change.bands[.init(queue: queue, priority: priority), default: [:]][type, default: 0] -= 1
    }

    /// A job is scheduled for `time`.
    func scheduled(for time: Timestamp) {
        change.figures.nextDue = change.figures.nextDue.map { min($0, time) } ?? time
        isScheduled = true
    }

    /// The file was asked when the first scheduled job is due.
    func setNextDue(_ time: Timestamp?) { change.figures.nextDue = time }

    func granted(_ id: JobID, _ lease: SQLiteLedger.Lease) { change.granted[id] = lease }

    func ended(_ id: JobID, token: UInt64) { change.ended[id] = token }

    /// Writes the ledger's row.
    func saveFigures() throws(SQLiteFailure) {
        let totals = change.figures.totals
        let save = try connection.statement(.saveLedger)
        save.bind(1, change.figures.sequence)
        save.bind(2, totals.enqueued)
        save.bind(3, totals.started)
        save.bind(4, totals.done)
        save.bind(5, totals.retried)
        save.bind(6, totals.failed)
        save.bind(7, totals.reclaimed)
        try save.run()
    }

    /// Deletes a job's row and its payload.
    func delete(_ id: JobID, queue: String, state: JobState, body: Int64?) throws(SQLiteFailure) {
        let job = try connection.statement(.deleteJob)
        job.bind(1, id)
        try job.run()
        moved(queue, from: state, to: nil)
        guard let body else { return }
        let payload = try connection.statement(.deleteBody)
        payload.bind(1, body)
        try payload.run()
    }
}
