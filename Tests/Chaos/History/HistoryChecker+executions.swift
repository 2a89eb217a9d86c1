import RoostJobs

extension HistoryChecker {
    /// It runs again only when an attempt failed, or its worker died, handed it back or was silent for a lease.
    mutating func judgeExecutions(_ id: String, _ job: HistoryCourse) {
        for (start, next) in zip(job.starts, job.starts.dropFirst()) {
            let end = job.end(of: start)
            // A failed attempt calls for the next one.
            if let end, end.outcome == .error, end.at <= next.at, next.attempt > start.attempt { continue }
            count { $0.duplicates += 1 }
            if !job.hasEnded(before: next.at) || wasFrozen(next.pid, before: next.at),
                let reason = reason(for: next, after: start)
            {
                count { $0.explained += 1 }
                judgeAttempt(id, start, next, reason)
                noteRescue(start, next, end)
            } else {
                count { $0.falseRescues += 1 }
                let how = end.map { "which ended \($0.outcome.rawValue)" } ?? "which did not end"
                fail(
                    .repeated,
                    "\(id) ran again (attempt \(next.attempt), process \(next.pid)) \(next.at - start.at) us after the "
                        + "start of attempt \(start.attempt) on process \(start.pid), \(how)")
            }
        }
        var claimed: [Int: Int] = [:]
        for end in job.ends where end.outcome == .error { claimed[end.attempt, default: 0] += 1 }
        for (attempt, times) in claimed where times > 1 && job.last?.state == .done {
            fail(.outcomes, "attempt \(attempt) of \(id) failed \(times) times")
        }
    }

    private mutating func judgeAttempt(
        _ id: String, _ start: HistoryEvent.Start, _ next: HistoryEvent.Start, _ reason: FaultKind
    ) {
        if next.attempt < start.attempt, reason.reach != .lease {
            fail(.attempts, "\(id) ran attempt \(next.attempt) after attempt \(start.attempt)")
        }
    }

    /// What lets a job run again after that start.
    private func reason(for next: HistoryEvent.Start, after start: HistoryEvent.Start) -> FaultKind? {
        // Silence of a worker is what its own faults and those of the store add up to.
        var silent: [(from: Moment, to: Moment)] = []
        var cause: FaultKind?
        for fault in faults where fault.from < next.at && fault.to > start.at - lease {
            guard fault.pids.isEmpty || fault.pids.contains(start.pid) else { continue }
            switch fault.kind.reach {
            case .none: break
            case .process: if fault.to >= start.at { return fault.kind }
            case .lease:
                silent.append((fault.from, fault.to))
                cause = fault.kind
            }
        }
        let total = silent.reduce(0 as Int64) { $0 + min($1.to, next.at) - $1.from }
        // The last extension may be a third of a lease old, and the next one comes a little after the fault.
        return total >= lease / 3 * 2 - 2_000_000 ? cause : nil
    }

    /// How long it took, where nothing else was wrong.
    private mutating func noteRescue(
        _ start: HistoryEvent.Start, _ next: HistoryEvent.Start, _ end: HistoryEvent.End?
    ) {
        guard end == nil else { return }
        let kill = faults.first {
            $0.kind == .killNode && $0.pids.contains(start.pid) && $0.from >= start.at && $0.from <= next.at
        }
        guard let kill else { return }
        let isAlone = !faults.contains {
            $0.kind != .killNode && $0.from < next.at && $0.to > kill.from
        }
        if isAlone { count { $0.rescues.append(Double(next.at - kill.from) / 1_000_000) } }
    }
}
