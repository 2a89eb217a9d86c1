/// Parents are kept for their children: a record, with its result, stays as long as a job that names it has not ended,
/// whatever its time to live and however many others there are. Until then it has no end (`expiresAt` is nil).
extension MemoryMachine {
    /// A job has not ended: those of its parents that are there are kept for it.
    mutating func keepParents(of child: JobID, now: Timestamp) {
        for parent in entries[child]?.parents ?? [] where live(parent, now: now) != nil {
            entries[parent]?.neededBy.insert(child)
            if entries[parent]?.record.state.isFinal ?? false { entries[parent]?.record.expiresAt = nil }
        }
    }

    /// A job ended, or goes: what was kept for it alone has its usual time again, counted from its own end.
    mutating func leaveParents(of child: JobID) {
        for parent in entries[child]?.parents ?? [] {
            guard entries[parent]?.neededBy.remove(child) != nil, let entry = entries[parent],
                entry.neededBy.isEmpty, entry.record.state.isFinal, let end = entry.record.finishedAt
            else { continue }
            let expiry = end.advanced(by: entry.record.timeToLive)
            entries[parent]?.record.expiresAt = expiry
            expiries.insert(parent, due: expiry)
            // A pass over too many ended jobs has left it out.
            ends[entry.record.state, default: DueHeap()].insert(parent, due: end)
        }
    }

    /// A job that has not ended goes: another that is given with its id is not to hear of ends that this one waited for.
    mutating func forgetParents(of child: JobID) {
        guard let parents = entries[child]?.parents, !parents.isEmpty else { return }
        leaveParents(of: child)
        for parent in parents {
            kids[parent]?.removeAll { $0 == child }
            if kids[parent]?.isEmpty ?? false { kids[parent] = nil }
        }
        ended.withdraw(child, from: parents)
    }
}

extension JobRecord {
    /// How long it is kept after its end.
    fileprivate var timeToLive: Duration { state == .failed ? JobDefaults.deadTTL : resultTTL }
}
