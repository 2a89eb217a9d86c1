/// Every rule of a job's life on plain values: the memory store's whole logic, and the model the other stores are
/// compared with. No clock, no waiting: each call is told the time.
struct MemoryMachine: Sendable {
    struct Entry: Sendable {
        var record: JobRecord
        var token: UInt64 = 0
        var leaseUntil: Timestamp?
        /// Why somebody wants it cancelled, while it runs.
        var cancelReason: String?
        /// Jobs, or the batch, that must end before it may start.
        var waitsFor = 0
        /// Where it stands in its lane; an entry of another place is from before.
        var place: UInt64 = 0
        var parents: [JobID] = []
        /// Jobs that name it as their parent and have not ended: it is kept for them.
        var neededBy: Set<JobID> = []
        var notes = JobNotes()
        /// Whether its batch has counted its end.
        var isCounted = false
        /// Whether the index has its terms.
        var isIndexed = false
    }

    /// Who took a unique key last, and until when a period has it keep others away.
    struct KeyHolder: Sendable {
        let id: JobID
        let until: Timestamp?
    }

    /// Whom to wake after a call.
    struct Wakes: OptionSet, Sendable {
        let rawValue: UInt8
        static let claims = Wakes(rawValue: 1)
        static let schedule = Wakes(rawValue: 2)
        static let crons = Wakes(rawValue: 4)
        static let ends = Wakes(rawValue: 8)
    }

    var entries = EntryTable()
    /// By bytes: strings that Unicode calls equal are different keys.
    var keys: [[UInt8]: KeyHolder] = [:]
    var requests: [[UInt8]: (id: JobID, digest: String, until: Timestamp)] = [:]
    var marks = Marks()
    var lanes: [String: [LaneKey: LaneGroup]] = [:]
    var scheduled = DueHeap()
    var overdue = DueHeap()
    var leases = DueHeap()
    var expiries = DueHeap()
    var ends: [JobState: DueHeap] = [:]
    var newest: [JobID] = []
    var terms = TermIndex()
    var counts = StoreCounts()
    var running = RunningJobs()
    var tenantsRunning: [TenantKey: Int] = [:]
    var settings: [String: QueueSettings] = [:]
    var starts: [TenantKey: StartWindow] = [:]
    /// Jobs handed out while more than one band had some: every tenth is for a lower band.
    var turns = 0
    var kids: [JobID: [JobID]] = [:]
    /// Ends that others wait to hear of: those who waited then, not those who came after a replay.
    var ended = EndedJobs()
    var batches: [JobID: BatchEntry] = [:]
    var batchExpiries = DueHeap()
    var crons: [String: CronStatus] = [:]
    var notices: [String: (notice: WorkerNotice, until: Timestamp)] = [:]
    var lastToken: UInt64 = 0
    var lastPlace: UInt64 = 0
    var wakes: Wakes = []
    /// Jobs whose watchers have something to look at.
    var changed: [JobID] = []
    /// Ends of jobs for those who want them; nil: nobody does.
    var feed: EndFeed?
    /// The newest position of feeds that were.
    var lastFed: UInt64 = 0
    /// Running jobs whose cancel nobody was told of yet.
    var cancelWishes: [JobID] = []

    /// A queue and one of its tenants; nil: the queue itself.
    struct TenantKey: Hashable, Sendable {
        let queue: String
        let tenant: String?
    }

    // MARK: Transitions every verb is made of

    /// Moves an entry to another state: counts, heaps and lanes follow.
    mutating func move(_ id: JobID, to state: JobState, now: Timestamp, _ change: (inout Entry) -> Void = { _ in }) {
        guard var entry = entries[id] else { return }
        count(entry.record, -1)
        assert(entry.record.state == state || entry.record.state.canBecome(state))
        let wasRunning = entry.record.state == .running
        let wasQueued = entry.record.state == .queued
        if wasRunning, let worker = entry.record.worker { running.remove(id, of: worker) }
        entry.record.state = state
        if state != .running {
            entry.leaseUntil = nil
            entry.cancelReason = nil
        }
        if state.isFinal { entry.record.finishedAt = now }
        change(&entry)
        if state.isFinal, !entry.neededBy.isEmpty { entry.record.expiresAt = nil }
        entries[id] = entry
        count(entry.record, 1)
        changed.append(id)
        if wasQueued, state != .running { leaveLane(entry.record) }
        if wasRunning, let limits = settings[entry.record.queue], limits.isLimited { wakes.insert(.claims) }
        if wasRunning, settings[QueueSettings.all]?.isLimited ?? false { wakes.insert(.claims) }
        if let overdueAt = entry.record.overdueAt, !state.isFinal, state != .running {
            overdue.insert(id, due: overdueAt)
        }
        switch state {
        case .queued:
            addToLane(entry.record)
            wakes.insert(.claims)
        case .scheduled:
            if let runAt = entry.record.runAt, entry.waitsFor == 0 {
                scheduled.insert(id, due: runAt)
                wakes.insert(.schedule)
            }
        case .running:
            if let worker = entry.record.worker { running.insert(id, of: worker) }
            addLease(id, until: entry.leaseUntil ?? now)
        case .done, .failed, .cancelled:
            if let expiry = entry.record.expiresAt { expiries.insert(id, due: expiry) }
            ends[state, default: DueHeap()].insert(id, due: now)
            tell(id, state)
            if !entry.parents.isEmpty { leaveParents(of: id) }
            feedEnd(id, state)
        }
    }

    /// Ends a job without a result.
    mutating func end(_ id: JobID, _ state: JobState, _ error: String, now: Timestamp) {
        if state == .failed { counts.totals.failed += 1 }
        move(id, to: state, now: now) { entry in
            entry.record.runAt = nil
            entry.record.error = ErrorText.cut(error)
            entry.record.expiresAt = now.advanced(
                by: state == .failed ? JobDefaults.deadTTL : entry.record.resultTTL)
        }
    }

    /// Queues the job now, or schedules it when `delay` is more than nothing.
    mutating func requeue(
        _ id: JobID, after delay: Duration, now: Timestamp, _ change: (inout Entry) -> Void = { _ in }
    ) {
        let later = delay > .zero
        move(id, to: later ? .scheduled : .queued, now: now) { entry in
            entry.record.runAt = later ? now.advanced(by: delay) : nil
            change(&entry)
        }
    }

    /// A queued job waits no more, and was not claimed.
    private mutating func leaveLane(_ record: JobRecord) {
        let key = LaneKey(priority: record.priority, type: record.type, isTenanted: record.tenant != nil)
        trim(record.queue, key, record.tenant)
    }

    /// Puts a job at the end of its lane.
    mutating func addToLane(_ record: JobRecord) {
        lastPlace += 1
        entries[record.id]?.place = lastPlace
        addToLane(record, place: lastPlace)
    }

    /// Puts a job, whose entry has the place, at the end of its lane.
    mutating func addToLane(_ record: JobRecord, place: UInt64) {
        let key = LaneKey(priority: record.priority, type: record.type, isTenanted: record.tenant != nil)
        if let tenant = record.tenant {
            lanes[record.queue, default: [:]][key, default: LaneGroup()].tenants.append(
                record.id, tenant: tenant, place: place)
        } else {
            lanes[record.queue, default: [:]][key, default: LaneGroup()].plain.append(record.id, place: place)
        }
    }

    mutating func count(_ record: JobRecord, _ step: Int) {
        counts.queues[record.queue, default: [:]][record.state, default: 0] += step
        guard record.state == .running, let tenant = record.tenant else { return }
        let key = TenantKey(queue: record.queue, tenant: tenant)
        let left = (tenantsRunning[key] ?? 0) + step
        tenantsRunning[key] = left == 0 ? nil : left
    }

    /// Notes that those who wait for the job must hear of its end.
    private mutating func tell(_ id: JobID, _ state: JobState) {
        guard let entry = entries[id] else { return }
        let batch = entry.isCounted ? nil : entry.record.batch
        let children = kids.removeValue(forKey: id) ?? []
        guard batch != nil || !children.isEmpty else { return }
        entries[id]?.isCounted = true
        ended.append((id, state, batch, children[...]))
        wakes.insert(.schedule)
    }

    /// Puts an end into the feed, if there is one.
    mutating func feedEnd(_ id: JobID, _ state: JobState) {
        guard feed != nil else { return }
        feed?.append(id, state)
        wakes.insert(.ends)
    }

    /// The entry, unless its time is over.
    func live(_ id: JobID, now: Timestamp) -> Entry? {
        guard let entry = entries[id] else { return nil }
        if let expiry = entry.record.expiresAt, expiry <= now { return nil }
        return entry
    }

    /// Deletes everything kept about a job.
    mutating func forget(_ id: JobID, now: Timestamp) {
        guard let entry = entries[id] else { return }
        if !entry.record.state.isFinal {
            tell(id, .cancelled)
            forgetParents(of: id)
        }
        entries[id] = nil
        changed.append(id)
        count(entry.record, -1)
        if entry.record.state == .queued { leaveLane(entry.record) }
        if entry.isIndexed { terms.remove(id, entry.record.searchTerms) { entries.contains($0) } }
        guard let key = entry.record.uniqueKey.map({ Array($0.utf8) }), let holder = keys[key], holder.id == id else {
            return
        }
        // A period outlives the record of a job that was done.
        if entry.record.state != .done || holder.until.map({ $0 <= now }) ?? true { keys[key] = nil }
    }
}
