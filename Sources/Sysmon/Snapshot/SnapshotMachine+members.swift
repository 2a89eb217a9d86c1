import RoostJobs

extension SnapshotMachine {
    /// Compares the members with those of the last tick. On the first one nobody has joined: they were there.
    mutating func noticeChanges(in members: [MemberView], first: Bool, now: Moment) {
        let time = now.wall.microseconds
        var next: [String: Known] = [:]
        for member in members {
            let before = known[member.name]
            let restarts = Dictionary(
                member.duties.prefix(configuration.duties).map { ($0.name, $0.restarts) }, uniquingKeysWith: max)
            let since =
                before.flatMap { $0.state == member.state && $0.incarnation == member.incarnation ? $0.since : nil }
                ?? now.wall.advanced(by: .zero - max(.zero, member.stateAge ?? .zero)).microseconds
            // A new life counts from zero.
            var pace = before.flatMap { $0.incarnation == member.incarnation ? $0.pace : nil } ?? JobPace()
            pace.take(Self.count(member.processed), at: now.steady)
            next[member.name] = Known(
                incarnation: member.incarnation, state: member.state, since: since, restarts: restarts, pace: pace)
            guard !first else { continue }
            if let kind = change(from: before, to: member) {
                log.add(kind, configuration.cut(member.name), detail(kind, member, again: before != nil), at: time)
            }
            guard let before, before.incarnation == member.incarnation else { continue }
            for (duty, count) in restarts.sorted(by: { $0.key < $1.key }) where count > before.restarts[duty] ?? 0 {
                log.add(
                    .dutyRestarted, configuration.cut(member.name), configuration.cut("\(duty), \(count) in all"),
                    at: time)
            }
        }
        for (name, before) in known.sorted(by: { $0.key < $1.key }) where next[name] == nil {
            // Those lost or gone long enough are forgotten silently.
            if before.state == .up || before.state == .draining { log.add(.left, configuration.cut(name), at: time) }
        }
        known = next
    }

    /// What the step from one tick to the next means, if anything.
    private func change(from before: Known?, to member: MemberView) -> SysmonEvent.Kind? {
        guard let before else { return member.state == .up || member.state == .draining ? .joined : nil }
        let reborn = before.incarnation != member.incarnation
        switch (before.state, member.state) {
        case (_, .up), (_, .draining):
            if reborn || before.state == .left { return .joined }
            if before.state == .lost { return .returned }
            if before.state == member.state { return nil }
            return member.state == .draining ? .draining : .resumed
        case (.lost, .lost), (.left, .left): return nil
        case (_, .lost): return .lost
        case (_, .left): return .left
        }
    }

    private func detail(_ kind: SysmonEvent.Kind, _ member: MemberView, again: Bool) -> String {
        switch kind {
        case .lost: member.heartbeatAge.map { "no heartbeat for \($0.short)" } ?? ""
        case .joined: again ? "a new process of that name" : ""
        default: ""
        }
    }

    func status(_ member: MemberView, _ now: Moment) -> NodeStatus {
        NodeStatus(
            name: configuration.cut(member.name), role: configuration.cut(member.role),
            roles: member.roles.prefix(8).map(configuration.cut), state: member.state,
            since: known[member.name]?.since ?? now.wall.microseconds,
            heartbeatAge: member.heartbeatAge.map { Self.seconds($0) }, slots: Self.count(member.slots),
            busy: Self.count(member.busy), processed: Self.count(member.processed), failed: Self.count(member.failed),
            peers: member.peers.map(Self.count),
            link: member.link,
            roundTripMilliseconds: member.roundTrip.map { Double(max(0, $0.clampedMicroseconds)) / 1000 },
            rate: member.slots > 0 ? known[member.name]?.pace.rate : nil,
            uptime: member.started.map { Self.seconds(now.wall.since($0)) },
            version: configuration.cut(member.version), http: member.http.map(configuration.cut),
            console: member.console.map(configuration.cut), memory: member.memory.map(Self.count),
            duties: member.duties.prefix(configuration.duties).map {
                .init(
                    name: configuration.cut($0.name), state: configuration.cut($0.state),
                    restarts: Self.count($0.restarts))
            })
    }

    /// Tenths of a second: what people read, and short in JSON.
    private static func seconds(_ duration: Duration) -> Double { (max(0, duration.inSeconds) * 10).rounded() / 10 }

    static func count(_ number: Int) -> Int { min(max(0, number), StateCounts.largest) }
}
