import RoostJobs

/// Joins what the store and the members say into snapshots, and notices what changed. No clock, no I/O.
///
/// The store's numbers stay as they were while it is away; members and events go on.
struct SnapshotMachine: Sendable {
    struct Known: Sendable {
        var incarnation: UInt64
        var state: NodeState
        var since: Int64
        var restarts: [String: Int]
        var pace = JobPace()
    }

    let configuration: SnapshotConfiguration
    private var sequence = 0
    private var meter: RateMeter
    private var counts = StoreCounts()
    private var store: StoreStatus?
    /// When the counts held were true; before the first answer, when it was first asked for.
    private var answered: Moment?
    private var registry: RegistryStatus?
    var known: [String: Known] = [:]
    var log: EventLog

    init(configuration: SnapshotConfiguration) {
        self.configuration = configuration
        meter = RateMeter(length: configuration.samples, window: configuration.window)
        log = EventLog(limit: configuration.events)
    }

    /// One snapshot from one reading of everything.
    mutating func onTick(_ reading: StoreReading, _ view: ClusterView, now: Moment) -> Snapshot {
        sequence += 1
        let time = now.wall.microseconds
        if sequence == 1 {
            log.add(.started, "sysmon", "watching \(configuration.cut(configuration.cluster))", at: time)
        }
        let store = judge(reading, now)
        let registry = judge(view.registryDegradedFor, now)
        noticeChanges(in: view.members, first: sequence == 1, now: now)
        let shown = view.members.sorted { $0.name < $1.name }.prefix(max(0, configuration.nodes))
        let queues = counts.queues.sorted { $0.key < $1.key }
        return Snapshot(
            sequence: sequence, cluster: configuration.cut(configuration.cluster), time: time,
            interval: configuration.safeInterval.inSeconds, store: store, registry: registry,
            nodes: shown.map { status($0, now) },
            queues: queues.prefix(max(0, configuration.queues)).map { name, states in
                QueueStatus(name: configuration.cut(name), counts: sum([states]))
            },
            totals: sum(queues.map(\.value)), counters: counts.totals, rates: meter.rates, events: log.events,
            hidden: .init(
                nodes: view.members.count - shown.count, queues: max(0, queues.count - max(0, configuration.queues))))
    }

    private func sum(_ states: [[JobState: Int]]) -> StateCounts {
        var counts = StateCounts()
        for state in states { counts.add(state) }
        return counts
    }

    private mutating func judge(_ reading: StoreReading, _ now: Moment) -> StoreStatus {
        let before = store
        var status: StoreStatus
        switch reading {
        case .answered(let fresh, let health):
            counts = fresh
            meter.take(fresh.totals, at: now.steady)
            status = described(health, before)
            if let before, !before.reachable {
                let gone = answered.map { (now.steady - $0.steady).short } ?? "a while"
                log.add(.storeBack, "store", "after \(gone)", at: now.wall.microseconds)
            }
            answered = now
            let old = Set(before?.warnings ?? [])
            for warning in status.warnings where !old.contains(warning) {
                log.add(.storeWarning, "store", warning, at: now.wall.microseconds)
            }
        case .away(let reason, let health):
            if answered == nil { answered = now }
            status = described(health, before)
            status.reachable = false
            status.latencyMilliseconds = nil
            status.staleSince = answered?.wall.microseconds
            status.error = configuration.cut(reason)
            if before?.reachable ?? true { log.add(.storeLost, "store", status.error ?? "", at: now.wall.microseconds) }
        }
        store = status
        return status
    }

    private func described(_ health: StoreHealth?, _ before: StoreStatus?) -> StoreStatus {
        guard let health else {
            return before
                ?? StoreStatus(description: "store", reachable: false, durability: "unknown", warnings: [])
        }
        // A store that is away may not know what it is; it did before.
        let text = health.description.isEmpty ? before?.description ?? "store" : health.description
        return StoreStatus(
            description: configuration.cut(text), reachable: true, durability: configuration.cut(health.durability),
            warnings: health.warnings.prefix(20).map(configuration.cut),
            latencyMilliseconds: health.latency.map { Double($0.clampedMicroseconds) / 1000 })
    }

    private mutating func judge(_ degradedFor: Duration?, _ now: Moment) -> RegistryStatus {
        let state: RegistryStatus.State = degradedFor == nil ? .ok : .degraded
        if let registry, registry.state == state { return registry }
        let since = now.wall.advanced(by: .zero - max(.zero, degradedFor ?? .zero)).microseconds
        if state == .degraded {
            log.add(.registryDegraded, "registry", "the members known stay", at: now.wall.microseconds)
        } else if registry != nil {
            log.add(.registryRecovered, "registry", at: now.wall.microseconds)
        }
        let status = RegistryStatus(state: state, since: since)
        registry = status
        return status
    }
}
