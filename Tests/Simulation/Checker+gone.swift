@testable import RoostJobs

/// Jobs that go before their time: deleted, or pruned because there are too many; and those that must not.
extension Checker {
    mutating func deleted(_ id: JobID, _ result: Deletion, now: Timestamp) {
        guard let truth = jobs[id] else { return }
        switch (result, truth.place) {
        case (.deleted, .waiting):
            // Those who wait for it hear of a cancelled job; the feed hears of nothing.
            truth.isDeleted = true
            truth.place = .ended(.cancelled, now)
            truth.isUnfed = true
        case (.deleted, .ended): truth.isDeleted = true
        case (.running, .running), (.unknown, .ended): break
        default: fail("delete of \(id) in \(truth.place) answered \(result)")
        }
    }

    /// What a prune left: as many as retention says, the newest of them, and whatever unfinished jobs need.
    mutating func pruned(_ machine: MemoryMachine) {
        var kept: [JobState: Int] = [:]
        var ends: [JobState: [Timestamp]] = [:]
        for case let (id, truth) in jobs {
            guard case .ended(let state, let at) = truth.place, !truth.isDeleted, !truth.isPruned else { continue }
            guard let entry = machine.entries[id] else {
                if isNeeded(truth) { fail("\(id) went while others need it") }
                if truth.isOver(latest) { continue }
                truth.isPruned = true
                ends[state, default: []].append(at)
                continue
            }
            if entry.record.state == state, !isNeeded(truth) { kept[state, default: 0] += 1 }
        }
        for (state, most) in [JobState.done, .failed, .cancelled].map({ ($0, SimulatedStore.kept[$0] ?? 0) }) {
            if kept[state] ?? 0 > most { fail("\(kept[state] ?? 0) jobs \(state) are kept") }
            guard ends[state] != nil else { continue }
            // Too many were there: then as many as may stay are left, those that are needed among them.
            if machine.counts[state] < most { fail("only \(machine.counts[state]) jobs \(state) are left") }
        }
    }

    /// Whether a job that has not ended named it when it was there.
    func isNeeded(_ parent: Truth) -> Bool {
        parent.isNamed
            && jobs.values.contains { child in
                child.endState == nil && !child.isReplayed && child.needs.contains { $0 === parent }
            }
    }

    // MARK: The rescue of a worker known to be dead

    mutating func rescued(_ reclaimed: Reclaimed, of worker: String, now: Timestamp) {
        for id in reclaimed.requeued + reclaimed.dead + reclaimed.cancelled {
            guard case .running(let token, let owner, _) = jobs[id]?.place else { continue }
            if owner != worker { fail("\(id) of \(owner) was taken back with those of \(worker)") }
            jobs[id]?.place = .running(token: token, worker: owner, leaseUntil: now)
        }
        self.reclaimed(reclaimed, now: now)
    }

    mutating func rescued(all worker: String) {
        for (id, truth) in jobs {
            if case .running(_, worker, _) = truth.place { fail("\(id) still runs on \(worker), which is dead") }
        }
    }

    // MARK: Notes

    mutating func noted(_ ticket: Claim.Ticket, _ progress: [UInt8], _ result: Settlement) {
        guard let truth = jobs[ticket.id] else { return }
        if case .running(ticket.token, _, _) = truth.place {
            if result != .settled { fail("\(ticket.id): a note in time was refused") }
            truth.progress = progress
        } else if result == .settled {
            fail("\(ticket.id): a note after the lease was lost was taken")
        }
    }
}
