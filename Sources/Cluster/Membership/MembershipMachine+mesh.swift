/// What the mesh says of others.
extension MembershipMachine {
    /// The members to keep connected: the registry lists them, others named them, or they were met. Those that were
    /// silent for too long stay among them while they beat: after a split somebody has to be told.
    var candidates: [Member] {
        records.values.filter { record in
            if record.member.name == me.name { return false }
            if case .left = record.state { return false }
            switch record.link {
            case .down(_, .refused), .down(_, .replaced): return false
            case .down(_, .silence): return record.isListed
            case .connected, .suspect, .indirect: return true
            case .unknown, .unreached: return record.state.isUp
            }
        }.map(\.member)
    }

    mutating func onVerdict(_ verdict: FailureDetector.Verdict, now: Instant) -> [MembershipEvent] {
        switch verdict {
        case .reached(let id): return link(id, .connected) { [.up($0)] }
        case .unreached(let id): return link(id, .unreached(since: now)) { [.unreachable($0)] }
        case .suspect(let id): return link(id, .suspect(since: now)) { [.suspect($0)] }
        case .alive(let id, let indirectly):
            return link(id, indirectly ? .indirect(since: now) : .connected) { [.alive($0, indirectly: indirectly)] }
        case .down(let id, let proof): return link(id, .down(since: now, proof)) { [.down($0, proof)] }
        case .left(let id): return depart(id, now)
        }
    }

    /// `peer` said who it is, first, and whom it is connected to.
    mutating func onNamed(by peer: MemberID, _ members: [Member], now: Instant) -> [MembershipEvent] {
        var events: [MembershipEvent] = []
        for member in members where member.name != me.name {
            events += meet(member, now)
            guard records[member.name]?.member.id == member.id else { continue }
            records[member.name]?.named = now
            guard member.id == peer, let link = records[member.name]?.link else { continue }
            records[member.name]?.connections = members.count
            // It was connected before it was known.
            if link == .unknown { events += self.link(member.id, .connected) { [.up($0)] } }
        }
        return events
    }

    /// Somebody the registry has not named, or not yet.
    private mutating func meet(_ member: Member, _ now: Instant) -> [MembershipEvent] {
        let record = Record(member: member, report: MemberReport(), state: .up, heard: now)
        guard let known = records[member.name] else {
            guard records.count < Self.maximumRecords else { return [] }
            records[member.name] = record
            return [.joined(member)]
        }
        guard known.member.incarnation < member.incarnation else { return [] }
        records[member.name] = record
        return (known.outcome.isUp ? [.replaced(known.member, by: member)] : []) + [.joined(member)]
    }

    /// Peers cannot make it remember more than this.
    static let maximumRecords = 4096

    private mutating func link(
        _ id: MemberID, _ link: MemberLink, _ events: (Member) -> [MembershipEvent]
    ) -> [MembershipEvent] {
        guard let known = records[id.name], known.member.id == id, id != me.id, known.link != link,
            !known.link.isDown
        else { return [] }
        if case .left = known.state { return [] }
        records[id.name]?.link = link
        return events(known.member)
    }
}
