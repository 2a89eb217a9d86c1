import RoostJobs

extension SQLiteTransaction {
    func cancel(_ id: JobID, reason: String) throws(SQLiteFailure) -> Cancellation {
        guard let job = try row(id), job.isLive(now) else { return .unknown }
        switch job.state {
        case .scheduled, .queued:
            try end(job.spot, .cancelled, reason)
            return .cancelled
        case .running:
            if wish(id) == nil { try keepWish(id, ErrorText.cut(reason)) }
            return .requested(worker: job.worker ?? "")
        case .done, .failed, .cancelled: return .ended(job.state)
        }
    }

    private func keepWish(_ id: JobID, _ reason: String) throws(SQLiteFailure) {
        let keep = try connection.statement(.keepWish)
        keep.bind(1, id)
        keep.bind(2, reason)
        try keep.run()
        change.wishes[id] = reason
        wished.append(id)
        touched.append(id)
    }

    func replay(_ id: JobID) throws(SQLiteFailure) -> Replay {
        guard let job = try row(id), job.isLive(now) else { return .unknown }
        guard job.state.isFinal, job.state.canBecome(.queued) else { return .refused(job.state) }
        var extras = try connection.extras(of: id)
        if let key = job.uniqueKey, try keeper(of: key) == nil {
            try release(key)
            try run(.takeKey, id)
            extras.uniqueUntil = nil
        }
        extras.startBy = nil
        extras.deadline = nil
        extras.attemptsBefore = job.attempt
        var flags = job.spot.flags
        if !extras.isEmpty || flags.contains(.extras) {
            flags.insert(.extras)
            let insert = try connection.statement(.insertExtras)
            extras.bind(to: insert, job: id)
            try insert.run()
        }
        let replay = try connection.statement(.replay)
        replay.bind(1, id)
        replay.bind(2, nextSequence())
        replay.bind(3, flags.rawValue)
        try replay.run()
        if flags.contains(.parents) { try needParents(of: id) }
        moved(job.spot, from: job.state, to: .queued)
        return .queued
    }

    func delete(_ id: JobID) throws(SQLiteFailure) -> Deletion {
        guard let job = try row(id), job.isLive(now) else { return .unknown }
        if job.state == .running { return .running }
        try delete(job)
        return .deleted
    }

    func bury(_ job: NewJob, error: String) throws(SQLiteFailure) {
        if try row(job.id)?.isLive(now) ?? false { return }
        var job = job
        job.batch = nil
        job.parents = []
        var entry = NewEntry(job, now: now, isSearchable: isSearchable(job.queue))
        entry.extras.uniqueUntil = nil
        entry.holdsKey = false
        entry.end(.failed, error, now: now)
        try take(entry)
        add { $0.failed += 1 }
    }

    /// Keeps what a handler tells.
    func note(_ ticket: Claim.Ticket, progress: [UInt8]?, log: [String]) throws(SQLiteFailure) -> Settlement {
        guard let token = Int64(exactly: ticket.token), let attempt = try attempt(ticket, token) else {
            return .leaseLost
        }
        guard progress != nil || !log.isEmpty else { return .settled }
        let id = ticket.id
        touched.append(id)
        var bytes = 0
        var line = 0
        let known = try connection.statement(.progress)
        known.bind(1, id)
        try known.eachRow { row in (bytes, line) = (row.count(1), row.count(2)) }
        for text in log {
            line += 1
            let text = LogLine.cut(text)
            let insert = try connection.statement(.insertLine)
            insert.bind(1, id)
            insert.bind(2, line)
            insert.bind(3, now)
            insert.bind(4, attempt.attempt)
            insert.bind(5, text.utf8.count)
            insert.bind(6, text)
            try insert.run()
            bytes += text.utf8.count
            if bytes > JobLimits.logBytes { bytes -= try dropLines(of: id, bytes: bytes - JobLimits.logBytes) }
        }
        let save = try connection.statement(.saveProgress)
        save.bind(1, id)
        save.bind(2, progress)
        save.bind(3, bytes)
        save.bind(4, line)
        try save.run()
        if !attempt.spot.flags.contains(.notes) { try add(.notes, to: id) }
        return .settled
    }

    /// Drops the oldest lines until they had at least so many bytes; returns how many they had.
    private func dropLines(of id: JobID, bytes: Int) throws(SQLiteFailure) -> Int {
        var dropped = 0
        while dropped < bytes {
            var last: Int64?
            let first = try connection.statement(.firstLines)
            first.bind(1, id)
            first.bind(2, 100)
            try first.eachRow { row in
                guard dropped < bytes else { return }
                dropped += row.count(1)
                last = row.integer(0)
            }
            guard let last else { break }
            let drop = try connection.statement(.dropLines)
            drop.bind(1, id)
            drop.bind(2, last)
            try drop.run()
        }
        return dropped
    }
}
