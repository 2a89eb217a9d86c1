import RoostJobs

/// Counts every row in short steps while work goes on: what happens to rows that were counted already is counted along,
/// so that in the end the sums are exact.
struct SQLiteRecount {
    struct Tally: Equatable {
        var jobs = 0
        var counts: [SQLiteLedger.Slot: Int] = [:]
        var lanes: [SQLiteLedger.Lane: Int] = [:]
        var tenants: [SQLiteLedger.Lane: [String: Int]] = [:]
        var running: [SQLiteLedger.Scope: Int] = [:]
    }

    private struct Step {
        let spot: JobSpot
        let old: JobState?
        let new: JobState?
        let cursor: String
    }

    private(set) var tally = Tally()
    /// The last id that was counted; nil while nobody counts.
    private(set) var cursor: String?
    private var undo: [Step] = []

    mutating func begin() {
        tally = Tally()
        cursor = ""
    }

    mutating func end() {
        tally = Tally()
        cursor = nil
    }

    /// A row that comes next by id.
    mutating func add(_ spot: JobSpot) {
        guard let before = cursor else { return }
        undo.append(Step(spot: spot, old: nil, new: spot.state, cursor: before))
        cursor = spot.id.description
        count(spot, nil, spot.state)
    }

    /// Something happened to a row.
    mutating func moved(_ spot: JobSpot, from old: JobState?, to new: JobState?) {
        guard let cursor, spot.id.description <= cursor else { return }
        undo.append(Step(spot: spot, old: old, new: new, cursor: cursor))
        count(spot, old, new)
    }

    mutating func commit() {
        if !undo.isEmpty { undo.removeAll(keepingCapacity: true) }
    }

    mutating func rollback() {
        for step in undo.reversed() where cursor != nil {
            count(step.spot, step.new, step.old)
            cursor = step.cursor
        }
        commit()
    }

    private mutating func count(_ spot: JobSpot, _ old: JobState?, _ new: JobState?) {
        if let old { count(spot, old, -1) }
        if let new { count(spot, new, 1) }
    }

    private mutating func count(_ spot: JobSpot, _ state: JobState, _ step: Int) {
        tally.jobs += step
        Self.add(step, to: &tally.counts[.init(queue: spot.queue, state: state)])
        switch (state, spot.tenant) {
        case (.queued, nil): Self.add(step, to: &tally.lanes[spot.lane])
        case (.queued, let tenant?):
            Self.add(step, to: &tally.tenants[spot.lane, default: [:]][tenant])
            if tally.tenants[spot.lane]?.isEmpty == true { tally.tenants[spot.lane] = nil }
        case (.running, let tenant?): Self.add(step, to: &tally.running[.init(queue: spot.queue, tenant: tenant)])
        default: break
        }
    }

    private static func add(_ step: Int, to count: inout Int?) {
        let sum = (count ?? 0) + step
        count = sum == 0 ? nil : sum
    }
}
