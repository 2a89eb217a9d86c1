import RoostJobs

/// What one process knows of its file without reading it: counts, lanes with waiting jobs, leases.
///
/// Rebuilt when the file is opened, and changed only after a commit, by a `Change`.
struct SQLiteLedger {
    /// Numbers that every transaction starts from and replaces.
    struct Figures: Equatable {
        /// The newest place in line or token given out.
        var sequence: Int64 = 0
        /// Sums since the file was made.
        var totals = StoreCounts.Totals()
        /// When the first scheduled job is due, or earlier.
        var nextDue: Timestamp?
    }

    /// A queue's jobs of one priority.
    struct Band: Hashable {
        var queue: String
        var priority: Int
    }

    /// A queue's jobs in one state.
    struct Slot: Hashable {
        var queue: String
        var state: JobState
    }

    /// A claim that holds. Leases live in memory alone: if the process dies, they end with it.
    struct Lease {
        var token: UInt64
        /// On a clock that nobody sets and that stands still while the machine sleeps, as the workers do.
        var deadline: SuspendingClock.Instant
    }

    /// What one transaction changes.
    struct Change {
        var figures: Figures
        var counts: [Slot: Int] = [:]
        var bands: [Band: [String: Int]] = [:]
        var granted: [JobID: Lease] = [:]
        var ended: [JobID: UInt64] = [:]
    }

    var figures = Figures()
    var counts: [String: [JobState: Int]] = [:]
    /// Queued jobs by type; empty lanes are absent.
    var bands: [Band: [String: Int]] = [:]
    var leases: [JobID: Lease] = [:]

    mutating func apply(_ change: Change) {
        figures = change.figures
        for (slot, difference) in change.counts {
            let count = (counts[slot.queue]?[slot.state] ?? 0) + difference
            counts[slot.queue, default: [:]][slot.state] = count == 0 ? nil : count
            if counts[slot.queue]?.isEmpty == true { counts[slot.queue] = nil }
        }
        for (band, types) in change.bands {
            for (type, difference) in types {
                let count = (bands[band]?[type] ?? 0) + difference
                bands[band, default: [:]][type] = count == 0 ? nil : count
            }
            if bands[band]?.isEmpty == true { bands[band] = nil }
        }
        for (id, token) in change.ended where leases[id]?.token == token { leases[id] = nil }
        leases.merge(change.granted) { _, new in new }
    }

    /// Whether a queued job of one of the queues and types waits.
    func hasWork(queues: [String], types: Set<String>?) -> Bool {
        queues.contains { queue in
            (1...10).contains { priority in
                guard let lanes = bands[Band(queue: queue, priority: priority)] else { return false }
                guard let types else { return true }
                return lanes.keys.contains { types.contains($0) }
            }
        }
    }

    /// Lets the tickets hold until `deadline`; returns those that no longer do.
    mutating func extend(_ tickets: [Claim.Ticket], until deadline: SuspendingClock.Instant) -> [Claim.Ticket] {
        tickets.filter { ticket in
            guard leases[ticket.id]?.token == ticket.token else { return true }
            leases[ticket.id]?.deadline = deadline
            return false
        }
    }

    /// Takes out at most `limit` leases that ran out by `now`, the first to do so first: from here on they can no
    /// longer be extended.
    mutating func takeLapsed(by now: SuspendingClock.Instant, limit: Int) -> [(id: JobID, lease: Lease)] {
        let lapsed = leases.filter { $0.value.deadline <= now }.sorted { $0.value.deadline < $1.value.deadline }
        for (id, _) in lapsed.prefix(limit) { leases[id] = nil }
        return lapsed.prefix(limit).map { (id: $0.key, lease: $0.value) }
    }
}
