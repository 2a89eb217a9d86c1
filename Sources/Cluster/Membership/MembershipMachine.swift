/// Decides who is there, from what the registry says and does not say, and from what the mesh finds out. No clock, no
/// I/O.
///
/// The rule: only an answer can speak against a member, and against one that was met only the mesh can. While the
/// registry is silent, or after it lost its memory or slept, everybody known stays up until they had the time to
/// register again.
struct MembershipMachine: Sendable {
    typealias Instant = ContinuousClock.Instant

    struct Record: Sendable {
        var member: Member
        var report: MemberReport
        /// What the registry and a goodbye say.
        var state: MemberState
        var heard: Instant
        /// What the mesh says.
        var link = MemberLink.unknown
        /// Whether the registry's last answer has it beating.
        var isListed = false
        /// When a member last named it among those it is connected to.
        var named: Instant?
        /// To how many members it was connected when it last said so.
        var connections: Int?

        /// What all of it comes to.
        var outcome: MemberState {
            if case .left = state { return state }
            switch link {
            case .connected, .suspect, .indirect: return .up
            case .down(let since, _): return .lost(since: since)
            case .unreached(let since): return state.isUp ? .lost(since: since) : state
            case .unknown: return state
            }
        }
    }

    private(set) var me: Member
    let configuration: MembershipConfiguration
    var records: [MemberName: Record] = [:]
    private(set) var registry: RegistryState
    private(set) var epoch: Int64 = 0
    private(set) var skipped = 0
    private(set) var standing = RegistryView.Standing.accepted
    private var lastView: (clock: Int64, at: Instant)?
    /// Until then missing members are believed; nil when the registry's answers count in full.
    var settlingUntil: Instant?
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

        let listed = Set(view.entries.lazy.filter(\.isLive).map(\.member.id))
        for entry in view.entries where entry.member.name != me.name { events += take(entry, now) }
        for (name, record) in records { records[name]?.isListed = listed.contains(record.member.id) }
        for (id, ago) in view.departures { events += depart(id, now - max(.zero, ago)) }
        for (id, ago) in view.deaths { events += die(id, now - max(.zero, ago)) }
        if settlingUntil == nil { events += loseMissing(view, now) }
        events += judge(view.standing, now)
        purge(now)
        return events
    }

    mutating func onRegistryError(now: Instant) -> [MembershipEvent] {
        failedSinceView = true
        return degrade(now)
    }

    mutating func onTick(now: Instant) -> [MembershipEvent] {
        purge(now)
        return []
    }

    mutating func onReport(_ report: MemberReport, now: Instant) {
        records[me.name]?.report = report
    }

    /// This process goes on as another incarnation. What the mesh found out is void: it begins anew.
    mutating func rejoin(as member: Member, now: Instant) -> [MembershipEvent] {
        guard member.name == me.name, member.incarnation > me.incarnation else { return [] }
        me = member
        standing = .accepted
        records[me.name]?.member = member
        var events: [MembershipEvent] = [.rejoined(member)]
        for name in records.keys where name != me.name {
            // A process that is proved to be gone stays gone.
            if case .down(_, .refused) = records[name]?.link { continue }
            events += change(name) { $0.link = .unknown }
        }
        return events
    }

    func snapshot(now: Instant) -> MembershipSnapshot {
        MembershipSnapshot(
            me: me,
            members: records.values.sorted { $0.member.id < $1.member.id }.map {
                .init(
                    member: $0.member, report: $0.report, state: $0.outcome,
                    heartbeatAge: max(.zero, now - $0.heard), link: $0.link, connections: $0.connections)
            },
            registry: registry, epoch: epoch, skippedEntries: skipped, taken: now)
    }

    /// Changes a record and says so when it is up now and was not, or the other way round.
    mutating func change(_ name: MemberName, _ change: (inout Record) -> Void) -> [MembershipEvent] {
        guard var record = records[name] else { return [] }
        let wasUp = record.outcome.isUp
        change(&record)
        records[name] = record
        if wasUp == record.outcome.isUp { return [] }
        return [wasUp ? .lost(record.member) : .returned(record.member)]
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
            !$0.outcome.isUp || $0.member.id == me.id || live.contains($0.member.name)
                || view.departures[$0.member.id] != nil
        }
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

    /// Those not up are shown for a while and then dropped; while the registry is in doubt, or lists them, nobody is.
    private mutating func purge(_ now: Instant) {
        guard registry.isHealthy else { return }
        records = records.filter { _, record in
            switch record.outcome {
            case .up: true
            case .lost(let since), .left(let since): now - since < configuration.retention || record.isListed
            }
        }
    }
}
