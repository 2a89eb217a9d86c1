/// What is over is deleted, and tables that hold what became of jobs do not outgrow the jobs.
extension MemoryMachine {
    /// When tables without an end of their own are looked through.
    struct Marks: Sendable {
        var keys = SweepMark()
        var requests = SweepMark()
        var starts = SweepMark()
    }

    mutating func prune(limit: Int, retention: Retention, now: Timestamp) -> Int {
        var pruned = 0
        while pruned < limit, let id = expiries.popDue(now) {
            guard let entry = entries[id], let expiry = entry.record.expiresAt, expiry <= now else { continue }
            forget(id, now: now)
            pruned += 1
        }
        for state in [JobState.done, .failed, .cancelled] {
            guard let most = retention[state] else { continue }
            while pruned < limit, counts[state] > most, let end = ends[state]?.first {
                _ = ends[state]?.popFirst()
                // One that others need is passed over until they have ended.
                guard entries.has(end, state), entries[end.id]?.neededBy.isEmpty ?? false else { continue }
                forget(end.id, now: now)
                pruned += 1
            }
        }
        pruneBatches(now: now)
        sweep(limit: limit, now: now)
        if newest.count > 64, entries.count * 2 < newest.count { newest.removeAll { !entries.contains($0) } }
        return pruned
    }

    /// A running job's lease ends then. Those of jobs that have ended since would otherwise stand there until then: at a
    /// high rate so many that the reclaim which takes them off keeps everybody waiting.
    mutating func addLease(_ id: JobID, until: Timestamp) {
        leases.sweep(live: running.count) { entries[$0.id]?.leaseUntil == $0.due }
        leases.insert(id, due: until)
    }

    private mutating func sweep(limit: Int, now: Timestamp) {
        for state in [JobState.done, .failed, .cancelled] {
            // The oldest ends are mostly of jobs that are gone. Looking at some each time spares a look at all.
            for _ in 0..<4 * limit {
                guard let end = ends[state]?.first, !entries.has(end, state) else { break }
                _ = ends[state]?.popFirst()
            }
            ends[state]?.sweep(live: counts[state]) { entries.has($0, state) }
        }
        expiries.sweep(live: entries.count) { entries[$0.id]?.record.expiresAt == $0.due }
        scheduled.sweep(live: counts[.scheduled]) { entries[$0.id]?.record.runAt == $0.due }
        overdue.sweep(live: entries.count) { entry in
            guard let record = entries[entry.id]?.record, !record.state.isFinal else { return false }
            return record.overdueAt == entry.due
        }
        marks.keys.sweep(&keys) { _, holder in
            entries.contains(holder.id) || holder.until.map { $0 > now } ?? false
        }
        marks.requests.sweep(&requests) { $0.value.until > now }
        marks.starts.sweep(&starts) { key, window in
            let limits = settings[key.queue]
            guard let rate = key.tenant == nil ? limits?.rate : limits?.tenantRate else { return false }
            return !window.isOver(rate, now: now)
        }
    }
}

extension EntryTable {
    /// Whether a job ended in that state then, and not again since.
    fileprivate func has(_ end: DueHeap.Entry, _ state: JobState) -> Bool {
        guard let record = self[end.id]?.record else { return false }
        return record.state == state && record.finishedAt == end.due
    }
}
