/// Decides who is there, from what the registry says and does not say. No clock, no I/O.
///
/// The rule: only an answer can speak against a member. While the registry is silent, or after it lost its memory or
/// slept, everybody known stays up until they had the time to register again.
struct MembershipMachine: Sendable {
    typealias Instant = ContinuousClock.Instant

    struct Record: Sendable {
        var member: Member
        var report: MemberReport
        var state: MemberState
        var heard: Instant
    }

    let me: Member
    let configuration: MembershipConfiguration
    private(set) var records: [MemberName: Record] = [:]
    private(set) var registry: RegistryState
    private(set) var epoch: Int64 = 0
    private(set) var skipped = 0
    private(set) var standing = RegistryView.Standing.accepted
    private var lastView: (clock: Int64, at: Instant)?
    /// Until then missing members are believed; nil when the registry's answers count in full.
    private var settlingUntil: Instant?
    private var failedSinceView = false

    init(me: Member, report: MemberReport, configuration: MembershipConfiguration, now: Instant) {
        self.me = me
        self.configuration = configuration
        self.registry = .degraded(since: now)
        records[me.name] = Record(member: me, report: report, state: .up, heard: now)
    }

    mutating func onView(_ view: RegistryView, now: Instant) -> [MembershipEvent] {
        var events: [MembershipEvent] = []
        if failedSinceView || wentBackwards(view, now) { settlingUntil = now + configuration.settle }
        if let until = settlingUntil, now >= until || confirmsAll(view) { settlingUntil = nil }
        failedSinceView = false
        lastView = (view.clock, now)
        epoch = view.epoch
        skipped = view.skipped

        for entry in view.entries where entry.member.name != me.name { events += take(entry, now) }
        for (id, ago) in view.departures { events += depart(id, now - max(.zero, ago)) }
        if settlingUntil == nil { events += loseMissing(view, now) }
        events += judge(view.standing, now)
        return events + purge(now)
    }

    mutating func onRegistryError(now: Instant) -> [MembershipEvent] {
        failedSinceView = true
        return degrade(now)
    }

    mutating func onTick(now: Instant) -> [MembershipEvent] {
        purge(now)
    }

    mutating func onReport(_ report: MemberReport, now: Instant) {
        records[me.name]?.report = report
    }

    func snapshot(now: Instant) -> MembershipSnapshot {
        MembershipSnapshot(
            me: me,
            members: records.values.sorted { $0.member.id < $1.member.id }.map {
                .init(member: $0.member, report: $0.report, state: $0.state, heartbeatAge: max(.zero, now - $0.heard))
            },
            registry: registry, epoch: epoch, skippedEntries: skipped, taken: now)
    }
}

extension MembershipMachine {
    /// A smaller epoch: the registry lost its memory. A clock that ran differently from ours: it slept, jumped or was
    /// restored, so the expiries in it mean nothing for now.
    private func wentBackwards(_ view: RegistryView, _ now: Instant) -> Bool {
        guard let lastView else { return false }
        if view.epoch < epoch { return true }
        let drift =
            Duration.milliseconds(view.clock.subtractingReportingOverflow(lastView.clock).partialValue)
            - (now - lastView.at)
        let tolerance = max(configuration.interval, .seconds(5))
        return drift > tolerance || drift < .zero - tolerance
    }

    private func confirmsAll(_ view: RegistryView) -> Bool {
        let live = Set(view.entries.lazy.filter(\.isLive).map(\.member.name))
        return records.values.allSatisfy {
            !$0.state.isUp || $0.member.id == me.id || live.contains($0.member.name)
                || view.departures[$0.member.id] != nil
        }
    }

    private mutating func take(_ entry: RegistryEntry, _ now: Instant) -> [MembershipEvent] {
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
            return (known.state.isUp ? [.lost(known.member)] : []) + [.joined(entry.member)]
        }
        if case .left = known.state { return [] }
        if !entry.isLive {
            guard known.state.isUp, settlingUntil == nil else { return [] }
            records[entry.member.name]?.state = .lost(since: now)
            return [.lost(known.member)]
        }
        records[entry.member.name] = record
        return known.state.isUp ? [] : [.returned(entry.member)]
    }

    private mutating func depart(_ id: MemberID, _ since: Instant) -> [MembershipEvent] {
        guard let known = records[id.name], known.member.id == id, id != me.id else { return [] }
        if case .left = known.state { return [] }
        records[id.name]?.state = .left(since: since)
        return [.left(known.member)]
    }

    private mutating func loseMissing(_ view: RegistryView, _ now: Instant) -> [MembershipEvent] {
        let listed = Set(view.entries.map(\.member.name))
        var events: [MembershipEvent] = []
        for (name, record) in records where record.state.isUp && name != me.name && !listed.contains(name) {
            records[name]?.state = .lost(since: now)
            events.append(.lost(record.member))
        }
        return events
    }

    private mutating func judge(_ verdict: RegistryView.Standing, _ now: Instant) -> [MembershipEvent] {
        var events: [MembershipEvent] = []
        if verdict == .superseded, standing != .superseded { events.append(.superseded) }
        standing = verdict
        if verdict == .accepted { records[me.name]?.heard = now }
        if settlingUntil != nil { return events + degrade(now) }
        if !registry.isHealthy {
            registry = .healthy
            events.append(.registryRecovered)
        }
        return events
    }

    private mutating func degrade(_ now: Instant) -> [MembershipEvent] {
        guard registry.isHealthy else { return [] }
        registry = .degraded(since: now)
        return [.registryDegraded]
    }

    /// Lost and left members are shown for a while and then dropped; while the registry is in doubt nobody is.
    private mutating func purge(_ now: Instant) -> [MembershipEvent] {
        guard registry.isHealthy else { return [] }
        records = records.filter { _, record in
            switch record.state {
            case .up: true
            case .lost(let since), .left(let since): now - since < configuration.retention
            }
        }
        return []
    }
}
