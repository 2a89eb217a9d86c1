/// Whose turn it is in each lane of jobs with tenants: who was served goes to the end.
///
/// Changed while a transaction is on its way and put back when it fails, so that a lane with many tenants is never
/// copied.
struct TenantTurns {
    typealias Lane = SQLiteLedger.Lane

    /// A tenant with jobs in a lane.
    private struct Member {
        var jobs: Int
        /// Its place in the lane's order.
        var turn: Int64
    }

    private struct Turn {
        let number: Int64
        let tenant: String
    }

    private struct Ring {
        var members: [String: Member] = [:]
        /// By turn. An entry whose number is not its tenant's any more means nothing.
        var order: [Turn] = []
    }

    private var rings: [Lane: Ring] = [:]
    /// Never put back, so that no number stands twice in an order.
    private var lastTurn: Int64 = 0
    private var undo: [(lane: Lane, tenant: String, was: Member?)] = []

    init() {}

    /// The turns of what is queued by the file, whoever has waited longest first.
    init(rebuilding connection: SQLiteConnection) throws(SQLiteFailure) {
        var turns = TenantTurns()
        try connection.statement(.countReadyByTenant).eachRow { row in
            let lane = Lane(queue: row.text(0), priority: row.count(1), type: row.text(2))
            turns.joined(lane, row.text(3), jobs: row.count(4))
        }
        turns.commit()
        self = turns
    }

    /// A job of the tenant was queued.
    mutating func joined(_ lane: Lane, _ tenant: String, jobs: Int = 1) {
        var member = rings[lane]?.members[tenant]
        if member == nil {
            lastTurn += 1
            rings[lane, default: Ring()].order.append(Turn(number: lastTurn, tenant: tenant))
        }
        member = Member(jobs: (member?.jobs ?? 0) + jobs, turn: member?.turn ?? lastTurn)
        set(lane, tenant, member)
    }

    /// A job of the tenant is not queued any more; its turn stays.
    mutating func left(_ lane: Lane, _ tenant: String) {
        guard var member = rings[lane]?.members[tenant] else { return }
        member.jobs -= 1
        set(lane, tenant, member.jobs > 0 ? member : nil)
    }

    /// It was the tenant's turn.
    mutating func served(_ lane: Lane, _ tenant: String) {
        guard var member = rings[lane]?.members[tenant] else { return }
        lastTurn += 1
        member.turn = lastTurn
        rings[lane]?.order.append(Turn(number: lastTurn, tenant: tenant))
        set(lane, tenant, member)
    }

    /// The first tenant at or after a place in the lane's order, and its place. Places hold until the next commit.
    func tenant(_ lane: Lane, from place: Int) -> (tenant: String, place: Int)? {
        guard let ring = rings[lane], place < ring.order.count else { return nil }
        for index in place..<ring.order.count {
            let turn = ring.order[index]
            if ring.members[turn.tenant]?.turn == turn.number { return (turn.tenant, index) }
        }
        return nil
    }

    /// Jobs by lane and tenant, for a recount.
    var jobs: [Lane: [String: Int]] { rings.mapValues { $0.members.mapValues(\.jobs) }.filter { !$0.value.isEmpty } }

    /// The tenant has so many jobs in the lane, whatever was known before.
    mutating func correct(_ lane: Lane, _ tenant: String, jobs: Int) {
        if jobs == 0 { return set(lane, tenant, nil) }
        joined(lane, tenant, jobs: jobs - (rings[lane]?.members[tenant]?.jobs ?? 0))
    }

    /// Keeps what was changed.
    mutating func commit() {
        guard !undo.isEmpty else { return }
        for lane in Set(undo.map(\.lane)) { tidy(lane) }
        undo.removeAll(keepingCapacity: true)
    }

    /// Puts back what was changed since the last commit.
    mutating func rollback() {
        for change in undo.reversed() { rings[change.lane, default: Ring()].members[change.tenant] = change.was }
        commit()
    }

    private mutating func set(_ lane: Lane, _ tenant: String, _ member: Member?) {
        undo.append((lane, tenant, rings[lane]?.members[tenant]))
        rings[lane, default: Ring()].members[tenant] = member
    }

    /// Drops entries that mean nothing, once they are the larger part.
    private mutating func tidy(_ lane: Lane) {
        guard let ring = rings[lane] else { return }
        if ring.members.isEmpty {
            rings[lane] = nil
        } else if ring.order.count > 64, ring.order.count > 2 * ring.members.count {
            rings[lane]?.order.removeAll { ring.members[$0.tenant]?.turn != $0.number }
        }
    }
}
