import RoostJobs

extension SQLiteLedger {
    /// What one transaction changes.
    struct Change {
        var figures: Figures
        var counts: [String: StateCounts] = [:]
        var running = 0
        var tenantsRunning: [Scope: Int] = [:]
        var bands: [Band: [String: Int]] = [:]
        var tenantBands: [Band: [String: Int]] = [:]
        var granted: [JobID: Lease] = [:]
        var ended: [JobID: UInt64] = [:]
        /// Jobs that others wait for from now on.
        var awaited: Set<JobID> = []
        /// Wishes that came (a reason) or were done with (nil).
        var wishes: [JobID: String?] = [:]
        /// Whether ends go into the feed from now on; nil: as before.
        var isFeeding: Bool?
        /// Settings that are new; nil: none any more.
        var settings: [String: QueueSettings?] = [:]
        /// Jobs that started now, under limits that look at it.
        var starts: [Scope: Int] = [:]

        init(figures: Figures) { self.figures = figures }
    }

    mutating func apply(_ change: Change, now: Timestamp) {
        figures = change.figures
        if let isFeeding = change.isFeeding { self.isFeeding = isFeeding }
        for (queue, differences) in change.counts {
            var sums = counts[queue] ?? [:]
            for state in JobState.allCases where differences[state] != 0 {
                let count = (sums[state] ?? 0) + differences[state]
                sums[state] = count == 0 ? nil : count
            }
            counts[queue] = sums.isEmpty ? nil : sums
        }
        running += change.running
        for (scope, difference) in change.tenantsRunning {
            let count = (tenantsRunning[scope] ?? 0) + difference
            tenantsRunning[scope] = count == 0 ? nil : count
        }
        Self.add(change.bands, to: &bands)
        Self.add(change.tenantBands, to: &tenantBands)
        for (id, token) in change.ended where leases[id]?.token == token { leases[id] = nil }
        if !change.granted.isEmpty { leases.merge(change.granted) { _, new in new } }
        for id in change.awaited { leases[id]?.isAwaited = true }
        for (id, reason) in change.wishes { wishes[id] = reason }
        for (queue, new) in change.settings { settings[queue] = new }
        for (scope, count) in change.starts {
            guard let rate = rate(of: scope) else { continue }
            starts[scope, default: StartTimes()].add(count, at: now, keeping: rate.count)
        }
    }

    func rate(of scope: Scope) -> RateLimit? {
        scope.tenant == nil ? settings[scope.queue]?.rate : settings[scope.queue]?.tenantRate
    }

    private static func add(_ change: [Band: [String: Int]], to bands: inout [Band: [String: Int]]) {
        for (band, types) in change {
            for (type, difference) in types where difference != 0 {
                let count = (bands[band]?[type] ?? 0) + difference
                bands[band, default: [:]][type] = count == 0 ? nil : count
            }
            if bands[band]?.isEmpty == true { bands[band] = nil }
        }
    }
}
