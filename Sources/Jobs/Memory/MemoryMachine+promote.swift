extension MemoryMachine {
    /// What a promotion did, and whether there is more to do at once.
    struct Promoted {
        var moved = 0
        var hasMore = false
        var next: Timestamp?
    }

    mutating func promoteDue(limit: Int, now: Timestamp) -> Promoted {
        var promoted = Promoted()
        var steps = 0
        while steps < limit, !ended.isEmpty { promoted.moved += tellOne(limit: limit, &steps, now: now) }
        while steps < limit, let id = overdue.popDue(now) {
            steps += 1
            guard let record = entries[id]?.record, record.state == .scheduled || record.state == .queued,
                let overdueAt = record.overdueAt
            else { continue }
            if overdueAt > now {
                // Its first attempt started in time; the deadline is still to come.
                overdue.insert(id, due: overdueAt)
            } else {
                endOverdue(id, now: now)
                promoted.moved += 1
            }
        }
        while steps < limit, let due = scheduled.first?.due, let id = scheduled.popDue(now) {
            // An entry of another time is from before a retry or an extension.
            guard let entry = entries[id], entry.record.state == .scheduled, entry.waitsFor == 0,
                entry.record.runAt == due
            else { continue }
            steps += 1
            promoted.moved += 1
            move(id, to: .queued, now: now) { $0.record.runAt = nil }
        }
        promoted.hasMore = steps >= limit
        promoted.next = [scheduled.first?.due, overdue.first?.due].compactMap { $0 }.min()
        return promoted
    }

    mutating func endOverdue(_ id: JobID, now: Timestamp) {
        guard let record = entries[id]?.record else { return }
        if record.startedAt == nil, let startBy = record.startBy, startBy <= now {
            end(id, .cancelled, ErrorText.notStarted, now: now)
        } else {
            end(id, .failed, ErrorText.deadline, now: now)
        }
    }

    /// Tells children and batch of one job's end; returns how many jobs that moved.
    private mutating func tellOne(limit: Int, _ steps: inout Int, now: Timestamp) -> Int {
        guard let (id, state, batch, _) = ended.first else { return 0 }
        var moved = 0
        let some = ended.takeChildren(limit - steps)
        for child in some { moved += hear(child, of: id, state, now: now) }
        steps += some.count
        guard ended.first?.children.isEmpty ?? true else { return moved }
        ended.popFirst()
        steps += 1
        if let batch {
            batches[batch]?.count(state)
            moved += releaseFollowers(of: batch, now: now)
        }
        return moved
    }

    /// A child hears that a parent ended; 1 when that moved it.
    private mutating func hear(_ child: JobID, of parent: JobID, _ state: JobState, now: Timestamp) -> Int {
        guard let entry = entries[child], entry.record.state == .scheduled, entry.waitsFor > 0 else { return 0 }
        if state != .done, entry.record.parentRule == .done {
            end(child, .cancelled, ErrorText.parent + parent.description, now: now)
            entries[child]?.waitsFor = 0
            return 1
        }
        entries[child]?.waitsFor -= 1
        return entry.waitsFor == 1 ? release(child, now: now) : 0
    }

    /// A job that waits for nothing any more but perhaps its time.
    mutating func release(_ id: JobID, now: Timestamp) -> Int {
        entries[id]?.waitsFor = 0
        if let runAt = entries[id]?.record.runAt, runAt > now {
            scheduled.insert(id, due: runAt)
            return 0
        }
        move(id, to: .queued, now: now) { $0.record.runAt = nil }
        return 1
    }
}
