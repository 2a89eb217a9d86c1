import RoostJobs
import Synchronization

/// What every change of a job's state does.
extension SQLiteTransaction {
    func add(_ totals: (inout StoreCounts.Totals) -> Void) { totals(&change.figures.totals) }

    /// A job left a state, came to a state, or both: counts and lanes follow.
    func moved(_ spot: JobSpot, from old: JobState?, to new: JobState?) {
        Self.count(&change.counts[spot.queue, default: StateCounts()], from: old, to: new)
        touched.append(spot.id)
        if isFeeding, let new, new.isFinal { fed.append((spot.id, new)) }
        if old == .running { stopped(spot) }
        if new == .running { ran(spot, 1) }
        if old == .queued { lined(spot, -1) }
        if new == .queued {
            lined(spot, 1)
            wakes.insert(.claims)
        }
        if isCounting { committer.recount.withLock { $0.moved(spot, from: old, to: new) } }
    }

    private static func count(_ counts: inout StateCounts, from old: JobState?, to new: JobState?) {
        if let old { counts[old] -= 1 }
        if let new { counts[new] += 1 }
    }

    private func lined(_ spot: JobSpot, _ step: Int) {
        guard let tenant = spot.tenant else {
            change.bands[spot.band, default: [:]][spot.type, default: 0] += step
            return
        }
        change.tenantBands[spot.band, default: [:]][spot.type, default: 0] += step
        committer.turns.withLock { turns in
            if step > 0 { turns.joined(spot.lane, tenant) } else { turns.left(spot.lane, tenant) }
        }
    }

    private func ran(_ spot: JobSpot, _ step: Int) {
        change.running += step
        guard let tenant = spot.tenant else { return }
        change.tenantsRunning[.init(queue: spot.queue, tenant: tenant), default: 0] += step
    }

    private func stopped(_ spot: JobSpot) {
        ran(spot, -1)
        if settings(spot.queue)?.isLimited ?? false || settings(QueueSettings.all)?.isLimited ?? false {
            wakes.insert(.claims)
        }
    }

    /// A job is scheduled for `time`.
    func scheduled(for time: Timestamp) {
        change.figures.nextDue = change.figures.nextDue.map { min($0, time) } ?? time
        wakes.insert(.schedule)
    }

    /// A job that waits is overdue at `time`.
    func overdue(at time: Timestamp?) {
        guard let time else { return }
        change.figures.nextOverdue = change.figures.nextOverdue.map { min($0, time) } ?? time
        wakes.insert(.schedule)
    }

    /// A running job's claim is over, and so is the wish to cancel it.
    func ended(_ id: JobID, token: UInt64?) throws(SQLiteFailure) {
        if let token { change.ended[id] = token }
        guard wish(id) != nil else { return }
        change.wishes[id] = .some(nil)
        let drop = try connection.statement(.dropWish)
        drop.bind(1, id)
        try drop.run()
    }

    /// Ends a job without a result.
    func end(
        _ spot: JobSpot, _ state: JobState, _ error: String, uncounted: Bool = false, flags: JobFlags = []
    ) throws(SQLiteFailure) {
        let end = try connection.statement(.end)
        end.bind(1, spot.id)
        end.bind(2, state)
        end.bind(3, ErrorText.cut(error))
        end.bind(4, now)
        end.bind(5, state == .failed ? JobDefaults.deadTTL.clampedMicroseconds : nil)
        end.bind(6, uncounted ? 1 : 0)
        end.bind(7, flags.rawValue)
        try end.run()
        moved(spot, from: spot.state, to: state)
        if state == .failed { add { $0.failed += 1 } }
        try tell(spot, state)
    }

    /// Notes that those who wait for the job must hear of its end, and keeps it for those that need it.
    func tell(_ spot: JobSpot, _ state: JobState) throws(SQLiteFailure) {
        if spot.flags.contains(.parents) { try leaveParents(of: spot.id) }
        if spot.flags.contains(.children) { try run(.keepNeeded, spot.id) }
        let isMember = spot.flags.contains(.batch) && !spot.flags.contains(.counted)
        guard isMember || spot.flags.contains(.children) else { return }
        let batch = isMember ? try connection.extras(of: spot.id).batch : nil
        let insert = try connection.statement(.insertEnd)
        insert.bind(1, nextSequence())
        insert.bind(2, spot.id)
        insert.bind(3, state)
        insert.bind(4, batch?.description)
        try insert.run()
        change.figures.ends += 1
        wakes.insert(.schedule)
        if isMember { try add(.counted, to: spot.id) }
    }

    func add(_ flags: JobFlags, to id: JobID) throws(SQLiteFailure) {
        let add = try connection.statement(.addFlags)
        add.bind(1, id)
        add.bind(2, flags.rawValue)
        try add.run()
    }

    /// A job's row without its payload and result.
    func row(_ id: JobID) throws(SQLiteFailure) -> JobRow? { try connection.row(id) }

    /// Jobs of all queues in a state.
    func inState(_ state: JobState) -> Int {
        let committed = committer.ledger.withLock { $0.counts.values.reduce(0) { $0 + ($1[state] ?? 0) } }
        return change.counts.values.reduce(committed) { $0 + $1[state] }
    }

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
}
