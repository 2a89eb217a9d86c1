@testable import RoostJobs

extension Checker {
    /// Looks at every job as a client that polls would, and at the sums.
    mutating func poll(_ machine: MemoryMachine, now: Timestamp) {
        latest = max(latest, now)
        polls += 1
        if polls % 16 == 0 { recount(machine) }
        // Parents before those they took with them.
        // What ended does not change often: it is looked at every now and then.
        var left = polls % 8 == 0 ? Array(jobs.keys) : jobs.filter { $0.value.endState == nil }.map(\.key)
        while !left.isEmpty {
            var unclear: [JobID] = []
            for id in left {
                if let truth = jobs[id], !poll(id, truth, machine.live(id, now: now), now: now) {
                    unclear.append(id)
                }
            }
            if unclear.count == left.count {
                for id in unclear {
                    let record = machine.live(id, now: now)?.record
                    fail("\(id) is \(record?.state.rawValue ?? "gone") for no reason: \(record?.error ?? "none")")
                }
                return
            }
            left = unclear
        }
    }

    /// Compares the sums with what is there.
    mutating func recount(_ machine: MemoryMachine) {
        var recount: [JobState: Int] = [:]
        for entry in machine.entries.values { recount[entry.record.state, default: 0] += 1 }
        for state in JobState.allCases where machine.counts[state] != recount[state] ?? 0 {
            fail("\(machine.counts[state]) jobs \(state) are counted, \(recount[state] ?? 0) are there")
        }
    }

    /// Looks at one job; false when what ended it is not known yet.
    private mutating func poll(_ id: JobID, _ truth: Truth, _ entry: MemoryMachine.Entry?, now: Timestamp) -> Bool {
        let record = entry?.record
        if let entry, truth.isRunning || truth.endState != nil, entry.notes.progress != truth.progress {
            fail("\(id) has another note")
        }
        guard let record else {
            // Unless those who need it ended meanwhile.
            if !truth.isDeleted, isNeeded(truth) { return false }
            if !truth.isOver(latest) { fail("\(id) is lost while \(truth.place)") }
            return true
        }
        if truth.isDeleted { fail("\(id) was deleted and is there") }
        switch (truth.place, record.state) {
        case (.waiting, .scheduled), (.waiting, .queued), (.running, .running): break
        case (.waiting, let state) where state == .failed || state == .cancelled:
            guard hasReason(truth, state, record.error ?? "", now: now) else { return false }
            jobs[id]?.place = .ended(state, record.finishedAt ?? now)
        case (.ended(let known, _), let state) where state == known: pollEnded(id, truth, record)
        default: fail("\(id) is \(record.state), not \(truth.place)")
        }
        return true
    }

    private mutating func pollEnded(_ id: JobID, _ truth: Truth, _ record: JobRecord) {
        if record.state == .done, record.result != truth.result { fail("\(id) has another result") }
        if record.state == .failed, record.error == nil { fail("\(id) is dead for no reason") }
        if record.payload != truth.job.payload { fail("\(id) has another payload") }
        if record.finishedAt == nil { fail("\(id) ended at no time") }
        // One that a child needs stays until that has ended.
        if record.expiresAt == nil, !jobs.values.contains(where: { $0.job.parents.contains(id) }) {
            fail("\(id) is kept for ever")
        }
    }

    /// Whether a waiting job may have been ended by its time, by its parents or by its batch.
    private func hasReason(_ truth: Truth, _ state: JobState, _ error: String, now: Timestamp) -> Bool {
        if state == .failed { return truth.deadline.map { $0 <= now } ?? false }
        if error == ErrorText.notStarted { return truth.startBy.map { $0 <= now } ?? false }
        if error.hasPrefix(ErrorText.replaced), truth.isReplayed {
            // It took its key back when it was replayed, or not.
            let other = JobID(error.dropFirst(ErrorText.replaced.utf8.count)).flatMap { jobs[$0]?.job }
            return other?.unique?.conflict == .replace && other?.uniqueKey == truth.job.uniqueKey
        }
        guard error.hasPrefix(ErrorText.parent), let id = JobID(error.dropFirst(ErrorText.parent.utf8.count)) else {
            return false
        }
        if truth.job.parents.isEmpty { return members(of: id).contains { $0.endState != .done } }
        guard truth.job.parents.contains(id), truth.job.parentRule == .done else { return false }
        if truth.lost.contains(id) || jobs[id]?.isReborn ?? false { return true }
        let ends = jobs[id]?.ends ?? []
        return truth.awaited.contains { $0.parent == id && ends.indices.contains($0.end) && ends[$0.end] != .done }
    }

    /// The jobs of a batch.
    func members(of batch: JobID) -> [Truth] { jobs.values.filter { $0.job.batch == batch } }

    /// After all faults ended and everything had its time, nothing may be left.
    mutating func finish(feed: [JobEnd], now: Timestamp) {
        for (id, truth) in jobs where truth.endState == nil { fail("\(id) is stuck \(truth.place)") }
        compare(feed)
        for (slot, next) in zip(firedSlots, firedSlots.dropFirst())
        where next != slot.advanced(by: Simulation.cronPeriod) {
            fail("cron fired \(slot) and then \(next)")
        }
    }

    /// The feed has every end that came, once, in its order.
    private mutating func compare(_ feed: [JobEnd]) {
        let fed = Dictionary(grouping: feed, by: \.id).mapValues { $0.map(\.state) }
        for (id, truth) in jobs {
            let states = fed[id] ?? []
            let ends = truth.isUnfed ? truth.ends.dropLast() : truth.ends
            // Of an id that had an earlier life only the last one is known here.
            if states != ends, !truth.isReborn || states.suffix(ends.count) != ends[...] {
                fail("\(id) ended \(ends), the feed has \(states)")
            }
        }
        for id in fed.keys where jobs[id] == nil { fail("the feed has \(id), which nobody gave") }
    }

    /// What follows a batch starts after all of it.
    mutating func started(follower: JobID, of batch: JobID, isSuccess: Bool, expected: Int) {
        let members = members(of: batch)
        if members.count != expected { fail("follower \(follower) started before its batch was filled") }
        for member in members {
            // A replay after the batch was through is none of its business.
            if member.endState == nil, !member.isReplayed {
                fail("follower \(follower) started before its batch ended")
            }
            if isSuccess, member.endState != .done, !member.isReplayed { fail("success of a batch that failed") }
        }
    }
}
