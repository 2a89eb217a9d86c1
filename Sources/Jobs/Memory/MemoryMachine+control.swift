extension MemoryMachine {
    mutating func cancel(_ id: JobID, reason: String, now: Timestamp) -> Cancellation {
        guard let entry = live(id, now: now) else { return .unknown }
        switch entry.record.state {
        case .scheduled, .queued:
            end(id, .cancelled, reason, now: now)
            return .cancelled
        case .running:
            if entry.cancelReason == nil {
                entries[id]?.cancelReason = ErrorText.cut(reason)
                cancelWishes.append(id)
                changed.append(id)
            }
            return .requested(worker: entry.record.worker ?? "")
        case .done, .failed, .cancelled: return .ended(entry.record.state)
        }
    }

    mutating func replay(_ id: JobID, now: Timestamp) -> Replay {
        guard let entry = live(id, now: now) else { return .unknown }
        guard entry.record.state.canBecome(.queued), entry.record.state.isFinal else {
            return .refused(entry.record.state)
        }
        if let key = entry.record.uniqueKey, keeper(key, now: now) == nil {
            keys[Array(key.utf8)] = KeyHolder(id: id, until: nil)
        }
        move(id, to: .queued, now: now) { entry in
            entry.record.attemptsBefore = entry.record.attempt
            entry.record.crashes = 0
            entry.record.error = nil
            entry.record.result = nil
            entry.record.finishedAt = nil
            entry.record.expiresAt = nil
            entry.record.runAt = nil
            entry.record.startBy = nil
            entry.record.deadline = nil
            entry.waitsFor = 0
        }
        if !entry.parents.isEmpty { keepParents(of: id, now: now) }
        return .queued
    }

    mutating func delete(_ id: JobID, now: Timestamp) -> Deletion {
        guard let entry = live(id, now: now) else { return .unknown }
        if entry.record.state == .running { return .running }
        forget(id, now: now)
        return .deleted
    }

    mutating func bury(_ job: NewJob, error: String, now: Timestamp) {
        guard live(job.id, now: now) == nil else { return }
        forget(job.id, now: now)
        var record = JobRecord(job, state: .failed, insertedAt: now, runAt: nil)
        record.error = ErrorText.cut(error)
        record.finishedAt = now
        record.expiresAt = now.advanced(by: JobDefaults.deadTTL)
        record.batch = nil
        record.hasParents = false
        counts.totals.failed += 1
        insert(record)
    }

    mutating func note(
        _ ticket: Claim.Ticket, progress: [UInt8]?, log: [String], now: Timestamp
    ) -> Settlement {
        guard ticket.token != 0, let entry = entries[ticket.id], entry.token == ticket.token,
            entry.record.state == .running
        else { return .leaseLost }
        changed.append(ticket.id)
        if let progress { entries[ticket.id]?.notes.progress = progress }
        guard !log.isEmpty else { return .settled }
        var lines = entry.notes.log
        lines += log.map { LogLine(at: now, attempt: entry.record.attempt, text: LogLine.cut($0)) }
        var bytes = lines.reduce(0) { $0 + $1.text.utf8.count }
        var dropped = 0
        while bytes > JobLimits.logBytes, dropped < lines.count {
            bytes -= lines[dropped].text.utf8.count
            dropped += 1
        }
        entries[ticket.id]?.notes.log = Array(lines.dropFirst(dropped))
        return .settled
    }

    func notes(_ id: JobID, now: Timestamp) -> JobNotes? {
        live(id, now: now).map { entry in
            var notes = entry.notes
            notes.cancelReason = entry.cancelReason
            return notes
        }
    }
}
