/// What the registry says of others.
extension MembershipMachine {
    /// For how long a member that only others named is believed to be there.
    static let namedLifetime: Duration = .seconds(90)

    mutating func take(_ entry: RegistryEntry, _ now: Instant) -> [MembershipEvent] {
        let known = records[entry.member.name]
        var record = Record(member: entry.member, report: entry.report, state: .up, heard: now - entry.age)
        guard let known, known.member.incarnation <= entry.member.incarnation else {
            // An older life than the one known is yesterday's news.
            guard known == nil else { return [] }
            if !entry.isLive { record.state = .lost(since: now + entry.expiresIn) }
            records[entry.member.name] = record
            return entry.isLive ? [.joined(entry.member)] : []
        }
        if known.member.incarnation < entry.member.incarnation {
            guard entry.isLive else { return [] }
            records[entry.member.name] = record
            return (known.outcome.isUp ? [.replaced(known.member, by: entry.member)] : []) + [.joined(entry.member)]
        }
        if case .left = known.state { return [] }
        if !entry.isLive {
            guard known.state.isUp, settlingUntil == nil else { return [] }
            return change(entry.member.name) { $0.state = .lost(since: now) }
        }
        return change(entry.member.name) { known in
            // A member met before it registered had nothing to report yet.
            known.member = entry.member
            known.report = entry.report
            known.heard = now - entry.age
            known.state = .up
        }
    }

    mutating func depart(_ id: MemberID, _ since: Instant) -> [MembershipEvent] {
        guard let known = records[id.name], known.member.id == id, id != me.id else { return [] }
        if case .left = known.state { return [] }
        records[id.name]?.state = .left(since: since)
        // Its connection means nothing any more.
        if !known.link.isDown { records[id.name]?.link = .unknown }
        return [.left(known.member)]
    }

    /// Two members proved that its process is gone.
    mutating func die(_ id: MemberID, _ since: Instant) -> [MembershipEvent] {
        guard let known = records[id.name], known.member.id == id, id != me.id else { return [] }
        if case .left = known.state { return [] }
        if case .down(_, .refused) = known.link { return [] }
        records[id.name]?.link = .down(since: since, .refused)
        return [.down(known.member, .refused)]
    }

    mutating func loseMissing(_ view: RegistryView, _ now: Instant) -> [MembershipEvent] {
        let listed = Set(view.entries.map(\.member.name))
        var events: [MembershipEvent] = []
        for (name, record) in records where record.state.isUp && name != me.name && !listed.contains(name) {
            if let named = record.named, now - named < Self.namedLifetime { continue }
            events += change(name) { $0.state = .lost(since: now) }
        }
        return events
    }
}
