/// Every rule of a job's life on plain values: the memory store's whole logic, and the model the other stores are
/// compared with. No clock, no waiting: each call is told the time.
struct MemoryMachine: Sendable {
    struct Entry: Sendable {
        var record: JobRecord
        var token: UInt64 = 0
        var leaseUntil: Timestamp?
    }

    var entries: [JobID: Entry] = [:]
    /// By bytes: strings that Unicode calls equal are different keys.
    var keys: [[UInt8]: JobID] = [:]
    var lanes: [String: [LaneKey: Lane]] = [:]
    var scheduled = DueHeap()
    var leases = DueHeap()
    var expiries = DueHeap()
    var newest: [JobID] = []
    var counts = StoreCounts()
    var lastToken: UInt64 = 0
    var lastPlace: UInt64 = 0

    // MARK: Transitions every verb is made of

    /// Moves an entry to another state: counts, heaps and lanes follow.
    mutating func move(_ id: JobID, to state: JobState, now: Timestamp, _ change: (inout Entry) -> Void = { _ in }) {
        guard var entry = entries[id] else { return }
        count(entry.record, -1)
        assert(entry.record.state == state || entry.record.state.canBecome(state))
        entry.record.state = state
        if state != .running { entry.leaseUntil = nil }
        if state.isFinal { entry.record.finishedAt = now }
        change(&entry)
        entries[id] = entry
        count(entry.record, 1)
        switch state {
        case .queued:
            addToLane(entry.record)
        case .scheduled: scheduled.insert(id, due: entry.record.runAt ?? now)
        case .running: leases.insert(id, due: entry.leaseUntil ?? now)
        case .done, .failed, .cancelled: expiries.insert(id, due: entry.record.expiresAt ?? now)
        }
    }

    /// Queues the job now, or schedules it when `delay` is more than nothing.
    mutating func requeue(_ id: JobID, after delay: Duration, now: Timestamp, _ change: (inout Entry) -> Void) {
        let later = delay > .zero
        move(id, to: later ? .scheduled : .queued, now: now) { entry in
            entry.record.runAt = later ? now.advanced(by: delay) : nil
            change(&entry)
        }
    }

    /// Puts a job at the end of its lane.
    mutating func addToLane(_ record: JobRecord) {
        lastPlace += 1
        let key = LaneKey(priority: record.priority, type: record.type)
        lanes[record.queue, default: [:]][key, default: Lane()].append(record.id, place: lastPlace)
    }

    mutating func count(_ record: JobRecord, _ step: Int) {
        counts.queues[record.queue, default: [:]][record.state, default: 0] += step
    }

    /// The entry, unless its time is over.
    func live(_ id: JobID, now: Timestamp) -> Entry? {
        guard let entry = entries[id] else { return nil }
        if let expiry = entry.record.expiresAt, expiry <= now { return nil }
        return entry
    }
}
