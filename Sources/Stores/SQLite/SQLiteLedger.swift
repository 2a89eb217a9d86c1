import RoostJobs

/// What one process knows of its file without reading it: counts, lanes with waiting jobs, leases, limits.
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
        /// When the first job that waits is overdue, or earlier.
        var nextOverdue: Timestamp?
        /// Jobs whose end others must be told of.
        var ends = 0
        /// Jobs handed out while more than one band had some: every tenth is for a lower band.
        var turns = 0
        /// Ends in the feed.
        var fed = 0
    }

    /// A claim that holds. Leases live in memory alone: if the process dies, they end with it.
    struct Lease {
        var token: UInt64
        var worker: String
        /// Whether others wait for the job's end, or may.
        var isAwaited = true
        /// On a clock that nobody sets and that stands still while the machine sleeps, as the workers do.
        var deadline: SuspendingClock.Instant
    }

    /// A worker's notice and until when it holds.
    struct Notice {
        var notice: WorkerNotice
        var until: Timestamp
    }

    var figures = Figures()
    var counts: [String: [JobState: Int]] = [:]
    /// Running jobs of all queues, and of each tenant.
    var running = 0
    var tenantsRunning: [Scope: Int] = [:]
    /// Queued jobs by type; empty lanes are absent.
    var bands: [Band: [String: Int]] = [:]
    /// Those with a tenant, likewise.
    var tenantBands: [Band: [String: Int]] = [:]
    var leases: [JobID: Lease] = [:]
    /// Running jobs whose claims are being taken back: they have no lease, and miss none.
    var taken: Set<JobID> = []
    /// Running jobs somebody wants cancelled, and why.
    var wishes: [JobID: String] = [:]
    /// Whether ends go into the feed.
    var isFeeding = false
    var settings: [String: QueueSettings] = [:]
    var starts: [Scope: StartTimes] = [:]
    var notices: [String: Notice] = [:]

    /// Whether a queued job of one of the queues and types waits where nothing is paused.
    func hasWork(queues: [String], types: Set<String>?) -> Bool {
        if settings[QueueSettings.all]?.isPaused ?? false { return false }
        return queues.contains { queue in
            if settings[queue]?.isPaused ?? false { return false }
            return (1...10).contains { priority in
                let band = Band(queue: queue, priority: priority)
                return [bands[band], tenantBands[band]].contains { lanes in
                    guard let lanes else { return false }
                    guard let types else { return true }
                    return lanes.keys.contains { types.contains($0) }
                }
            }
        }
    }

    /// When there is something to promote; nil: nothing waits for its time.
    func nextStep(_ now: Timestamp) -> Timestamp? {
        if figures.ends > 0 { return now }
        return [figures.nextDue, figures.nextOverdue].compactMap { $0 }.min()
    }

    /// Drops what is known of starts that no limit looks at any more.
    mutating func forgetStarts(_ now: Timestamp) {
        starts = starts.filter { scope, times in
            !times.isOver(rate(of: scope)?.period ?? .seconds(86_400), now: now)
        }
    }

    // MARK: Leases

    /// Lets the tickets hold until `deadline`; says which no longer do and whose jobs are to be cancelled.
    mutating func extend(_ tickets: [Claim.Ticket], until deadline: SuspendingClock.Instant) -> Extended {
        var extended = Extended()
        for ticket in tickets {
            if leases[ticket.id]?.token == ticket.token {
                leases[ticket.id]?.deadline = deadline
                if wishes[ticket.id] != nil { extended.cancelled.append(ticket) }
            } else {
                extended.lost.append(ticket)
            }
        }
        return extended
    }

    /// Takes out at most `limit` leases that ran out by `now`, the first to do so first: from here on they can no
    /// longer be extended.
    mutating func takeLapsed(by now: SuspendingClock.Instant, limit: Int) -> [(id: JobID, lease: Lease)] {
        let lapsed = leases.filter { $0.value.deadline <= now }.sorted { $0.value.deadline < $1.value.deadline }
        return take(lapsed.prefix(limit))
    }

    /// Takes out at most `limit` leases of a worker, however long they hold.
    mutating func takeLeases(of worker: String, limit: Int) -> [(id: JobID, lease: Lease)] {
        take(leases.filter { $0.value.worker == worker }.sorted { $0.key < $1.key }.prefix(limit))
    }

    private mutating func take(_ some: ArraySlice<(key: JobID, value: Lease)>) -> [(id: JobID, lease: Lease)] {
        for (id, _) in some {
            leases[id] = nil
            taken.insert(id)
        }
        return some.map { (id: $0.key, lease: $0.value) }
    }

    /// Leases that could not be taken back hold as before.
    mutating func giveBack(_ some: [(id: JobID, lease: Lease)]) {
        for (id, lease) in some {
            taken.remove(id)
            guard leases[id] == nil else { continue }
            leases[id] = lease
            // Somebody may have begun to wait in the meantime.
            leases[id]?.isAwaited = true
        }
    }
}

extension SQLiteLedger {
    /// A queue's jobs of one priority.
    struct Band: Hashable {
        var queue: String
        var priority: Int
    }

    /// What of a band is in one line.
    struct Lane: Hashable {
        var queue: String
        var priority: Int
        var type: String

        var band: Band { Band(queue: queue, priority: priority) }
    }

    /// A queue's jobs in one state.
    struct Slot: Hashable {
        var queue: String
        var state: JobState
    }

    /// What a limit is for: a queue, or one of its tenants.
    struct Scope: Hashable {
        var queue: String
        var tenant: String?

        /// As in the file: names have no spaces.
        var text: String { tenant.map { "\(queue) \($0)" } ?? queue }

        init(queue: String, tenant: String?) {
            self.queue = queue
            self.tenant = tenant
        }

        init(text: String) {
            let parts = text.split(separator: " ", maxSplits: 1)
            self.init(queue: parts.first.map(String.init) ?? "", tenant: parts.count > 1 ? String(parts[1]) : nil)
        }
    }
}
