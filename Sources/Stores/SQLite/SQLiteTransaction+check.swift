import RoostJobs
import Synchronization

extension SQLiteTransaction {
    /// What one step of a recount found.
    struct Counted: Sendable {
        var findings = SQLiteFindings()
        /// All rows were counted: so many.
        var jobs: Int?
    }

    /// Counts the next `limit` rows and looks whether each fits; after the last one compares the sums with the ledger.
    func countNext(limit: Int, repair: Bool) throws(SQLiteFailure) -> Counted {
        var counted = Counted()
        var rows: [(job: JobRow, token: Int64?, lacksPayload: Bool)] = []
        let scan = try connection.statement(.scan)
        scan.bind(1, committer.recount.withLock { $0.cursor } ?? "")
        scan.bind(2, limit)
        try scan.eachRow { row throws(SQLiteFailure) in
            let job = try JobRow(row: row)
            let isGone = row.integer(18) != 0 || (job.body == nil && row.integer(17) != 0)
            rows.append((job, row.isNull(16) ? nil : row.integer(16), isGone))
        }
        for (job, token, lacksPayload) in rows {
            committer.recount.withLock { $0.add(job.spot) }
            isCounting = true
            try look(at: job, token: token, repair: repair, &counted.findings)
            if lacksPayload {
                counted.findings.add("missing-payload", job.spot.id.description, isRepaired: false)
            }
        }
        guard rows.count < limit else { return counted }
        let tally = committer.recount.withLock { $0.tally }
        counted.jobs = tally.jobs
        compare(tally, repair: repair, &counted.findings)
        return counted
    }

    private func look(
        at job: JobRow, token: Int64?, repair: Bool, _ findings: inout SQLiteFindings
    ) throws(SQLiteFailure) {
        let id = job.spot.id
        if job.spot.flags.contains(.terms) { try lookAtTerms(of: id, repair: repair, &findings) }
        if job.state.isFinal { try lookAtFamily(of: job, repair: repair, &findings) }
        if job.state.isFinal, job.expiresAt == nil, try !isNeeded(id) {
            findings.add("missing-expiry", id.description, isRepaired: repair)
            if repair { try set(.setExpiry, id, now.microseconds) }
        }
        if job.state == .scheduled, job.waiting == nil, job.runAt == nil {
            findings.add("missing-schedule", id.description, isRepaired: repair)
            if repair {
                try set(.setRunAt, id, now.microseconds)
                scheduled(for: now)
            }
        }
        if job.state == .running, change.granted[id] == nil,
            committer.ledger.withLock({ $0.leases[id] == nil && !$0.taken.contains(id) })
        {
            findings.add("missing-lease", id.description, isRepaired: repair)
            guard repair else { return }
            let fence = token ?? nextSequence()
            if token == nil { try set(.setToken, id, fence) }
            change.granted[id] = .init(
                token: UInt64(clamping: fence), worker: job.worker ?? "", deadline: SuspendingClock.now)
        }
    }

    /// Looks whether a job that ended needs nobody any more, and is kept as long as others need it.
    private func lookAtFamily(of job: JobRow, repair: Bool, _ findings: inout SQLiteFindings) throws(SQLiteFailure) {
        let id = job.spot.id
        if job.spot.flags.contains(.parents), try !neededParents(of: id).isEmpty {
            findings.add("dangling-index", "needed \(id)", isRepaired: repair)
            if repair { try leaveParents(of: id) }
        }
        if job.spot.flags.contains(.children), job.expiresAt != nil, try isNeeded(id) {
            findings.add("missing-pin", id.description, isRepaired: repair)
            if repair { try run(.keepNeeded, id) }
        }
    }

    /// Looks whether the index has every word of a job.
    private func lookAtTerms(of id: JobID, repair: Bool, _ findings: inout SQLiteFindings) throws(SQLiteFailure) {
        for term in try connection.extras(of: id).searchTerms {
            var isThere = false
            let query = try connection.statement(.hasTerm)
            query.bind(1, term)
            query.bind(2, id)
            try query.eachRow { _ in isThere = true }
            if isThere { continue }
            findings.add("missing-index", "\(term) \(id)", isRepaired: repair)
            if repair { try addTerms([term], id) }
        }
    }

    private func set(_ query: SQLiteQuery, _ id: JobID, _ value: Int64) throws(SQLiteFailure) {
        let set = try connection.statement(query)
        set.bind(1, id)
        set.bind(2, value)
        try set.run()
    }

    /// Compares the sums with the ledger as it will be after the commit; puts right what differs.
    private func compare(_ tally: SQLiteRecount.Tally, repair: Bool, _ findings: inout SQLiteFindings) {
        var ledger = committer.ledger.withLock { $0 }
        ledger.apply(change, now: now)
        var known: [SQLiteLedger.Slot: Int] = [:]
        for (queue, states) in ledger.counts {
            for (state, count) in states { known[.init(queue: queue, state: state)] = count }
        }
        for (slot, step) in Self.differences(known, tally.counts) {
            findings.add("count-drift", "\(slot.queue) \(slot.state.rawValue)", isRepaired: repair)
            if repair { change.counts[slot.queue, default: StateCounts()][slot.state] += step }
        }
        let running = tally.counts.reduce(0) { $0 + ($1.key.state == .running ? $1.value : 0) }
        if running != ledger.running { findings.add("count-drift", "* running", isRepaired: repair) }
        if repair { change.running += running - ledger.running }
        for (scope, step) in Self.differences(ledger.tenantsRunning, tally.running) {
            findings.add("count-drift", "\(scope.text) running", isRepaired: repair)
            if repair { change.tenantsRunning[scope, default: 0] += step }
        }
        for (lane, step) in Self.differences(Self.lanes(ledger.bands), tally.lanes) {
            findings.add("missing-entry", "\(lane.queue) \(lane.priority) \(lane.type)", isRepaired: repair)
            if repair { change.bands[lane.band, default: [:]][lane.type, default: 0] += step }
        }
        let tenanted = tally.tenants.mapValues { $0.values.reduce(0, +) }
        for (lane, step) in Self.differences(Self.lanes(ledger.tenantBands), tenanted) {
            findings.add("missing-entry", "\(lane.queue) \(lane.priority) \(lane.type)", isRepaired: repair)
            if repair { change.tenantBands[lane.band, default: [:]][lane.type, default: 0] += step }
        }
        compareTurns(tally, repair: repair, &findings)
        if repair { wakes.formUnion([.claims, .schedule]) }
    }

    private func compareTurns(_ tally: SQLiteRecount.Tally, repair: Bool, _ findings: inout SQLiteFindings) {
        let known = committer.turns.withLock { $0.jobs }
        for lane in Set(known.keys).union(tally.tenants.keys) {
            let counted = tally.tenants[lane] ?? [:]
            for (tenant, _) in Self.differences(known[lane] ?? [:], counted) {
                findings.add("missing-entry", "\(lane.queue) \(lane.type) \(tenant)", isRepaired: repair)
                guard repair else { continue }
                committer.turns.withLock { $0.correct(lane, tenant, jobs: counted[tenant] ?? 0) }
            }
        }
    }

    /// What must be added to the first to make it the second.
    private static func differences<Key: Hashable>(_ known: [Key: Int], _ counted: [Key: Int]) -> [Key: Int] {
        known.mapValues { -$0 }.merging(counted, uniquingKeysWith: +).filter { $0.value != 0 }
    }

    private static func lanes(_ bands: [SQLiteLedger.Band: [String: Int]]) -> [SQLiteLedger.Lane: Int] {
        var lanes: [SQLiteLedger.Lane: Int] = [:]
        for (band, types) in bands {
            for (type, count) in types {
                lanes[.init(queue: band.queue, priority: band.priority, type: type)] = count
            }
        }
        return lanes
    }
}
