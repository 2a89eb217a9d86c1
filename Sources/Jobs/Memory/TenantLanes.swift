/// The lanes of a queue's tenants, which take turns: who was served goes to the end.
struct TenantLanes: Sendable {
    private struct Member: Sendable {
        var lane = Lane()
        /// The number of its turn; its entries of other turns mean nothing any more.
        var turn: UInt64
    }

    private var members: [String: Member] = [:]
    /// Whose turn it is, first come first.
    private var order: [(turn: UInt64, tenant: String)] = []
    /// How many at the front mean nothing.
    private var passed = 0
    private var lastTurn: UInt64 = 0

    var isEmpty: Bool { members.isEmpty }

    /// The first of each tenant.
    var firsts: some Sequence<JobID> { members.values.lazy.compactMap(\.lane.first) }

    /// A tenant's lane.
    subscript(tenant: String) -> Lane { members[tenant]?.lane ?? Lane() }

    mutating func append(_ id: JobID, tenant: String, place: UInt64) {
        if members[tenant] == nil {
            let turn = nextTurn(tenant)
            members[tenant] = Member(turn: turn)
        }
        members[tenant]?.lane.append(id, place: place)
    }

    /// Whose turn it is, passing over those that may not start anything.
    func next(_ mayStart: (String) -> Bool) -> (tenant: String, place: UInt64)? {
        for turn in order[passed...] {
            guard let member = members[turn.tenant], member.turn == turn.turn, mayStart(turn.tenant) else { continue }
            return member.lane.firstPlace.map { (turn.tenant, $0) }
        }
        return nil
    }

    /// The tenant's first job; its turn stays.
    @discardableResult
    mutating func popFirst(_ tenant: String) -> JobID? {
        let id = members[tenant]?.lane.popFirst()
        leave(tenant)
        return id
    }

    /// It was the tenant's turn: it goes to the end.
    mutating func served(_ tenant: String) {
        guard members[tenant] != nil else { return }
        let turn = nextTurn(tenant)
        members[tenant]?.turn = turn
    }

    /// A tenant with nothing to wait for loses its turn.
    private mutating func leave(_ tenant: String) {
        if members[tenant]?.lane.isEmpty ?? false { members[tenant] = nil }
        while passed < order.count, members[order[passed].tenant]?.turn != order[passed].turn { passed += 1 }
    }

    private mutating func nextTurn(_ tenant: String) -> UInt64 {
        // What means nothing goes once it is the larger part.
        if order.count > 64, order.count > 2 * members.count {
            order.removeAll { members[$0.tenant]?.turn != $0.turn }
            passed = 0
        }
        lastTurn += 1
        order.append((lastTurn, tenant))
        return lastTurn
    }
}
