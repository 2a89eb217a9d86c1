import RoostJobs

extension SQLiteTransaction {
    /// What a promotion did, and whether there is more to do at once.
    struct Promoted: Sendable {
        var moved = 0
        var hasMore = false
    }

    /// Moves on what time or other jobs decide, in at most `limit` steps.
    func promoteDue(limit: Int) throws(SQLiteFailure) -> Promoted {
        var promoted = Promoted()
        var steps = 0
        while steps < limit, change.figures.ends > 0 { promoted.moved += try tellOne(limit: limit, &steps) }
        for id in try ids(.overdue, limit: limit - steps) {
            steps += 1
            if let job = try row(id), try endOverdue(job) { promoted.moved += 1 }
        }
        for id in try ids(.due, limit: limit - steps) {
            guard let job = try row(id) else { continue }
            steps += 1
            try promote(job.spot)
            promoted.moved += 1
        }
        promoted.hasMore = steps >= limit
        try refreshTimes()
        return promoted
    }

    /// Asks the file when the next job is due or overdue.
    private func refreshTimes() throws(SQLiteFailure) {
        var due: Timestamp?
        try connection.statement(.nextDue).eachRow { row in due = row.time(0) }
        var overdue: Timestamp?
        try connection.statement(.nextOverdue).eachRow { row in overdue = row.time(0) }
        change.figures.nextDue = due
        change.figures.nextOverdue = overdue
    }

    private func ids(_ query: SQLiteQuery, limit: Int) throws(SQLiteFailure) -> [JobID] {
        guard limit > 0 else { return [] }
        var ids: [JobID] = []
        let statement = try connection.statement(query)
        statement.bind(1, now)
        statement.bind(2, limit)
        try statement.eachRow { row throws(SQLiteFailure) in ids.append(try row.id(0)) }
        return ids
    }

    /// Ends a job that waits and whose time is over; false if it is not.
    func endOverdue(_ job: JobRow) throws(SQLiteFailure) -> Bool {
        guard job.state == .scheduled || job.state == .queued else { return false }
        let extras = try connection.extras(of: job.spot.id)
        let overdueAt = extras.overdueAt(hasStarted: job.hasStarted)
        guard let overdueAt, overdueAt <= now else {
            // The row says otherwise: put it right, lest it be found again and again.
            let set = try connection.statement(.setOverdueAt)
            set.bind(1, job.spot.id)
            set.bind(2, overdueAt)
            try set.run()
            return false
        }
        if !job.hasStarted, let startBy = extras.startBy, startBy <= now {
            try end(job.spot, .cancelled, ErrorText.notStarted)
        } else {
            try end(job.spot, .failed, ErrorText.deadline)
        }
        return true
    }

    // MARK: Lost workers

    /// Takes a claim back from a worker that was lost; nil token: whatever its token.
    func takeBack(_ id: JobID, token: UInt64?, maxCrashes: Int, into reclaimed: inout Reclaimed) throws(SQLiteFailure) {
        var found: JobAttempt?
        let lost = try connection.statement(.lost)
        lost.bind(1, id)
        lost.bind(2, token.map { Int64(clamping: $0) })
        try lost.eachRow { row throws(SQLiteFailure) in found = try JobAttempt(row: row) }
        guard let attempt = found else { return }
        let spot = attempt.spot
        let crashes = attempt.crashes + 1
        let isPoison = crashes >= maxCrashes
        let error = isPoison ? ErrorText.poison(crashes: crashes, worker: attempt.worker) : ErrorText.workerLost
        add { $0.reclaimed += 1 }
        let takeBack = try connection.statement(.takeBack)
        takeBack.bind(1, id)
        takeBack.bind(2, crashes)
        try takeBack.run()
        try keepFailure(of: attempt, error)
        if let reason = wish(id) {
            try end(spot, .cancelled, reason, flags: .failures)
            reclaimed.cancelled.append(id)
        } else if isPoison {
            try end(spot, .failed, error, flags: .failures)
            reclaimed.dead.append(id)
        } else {
            try requeue(attempt, runAt: nil, flags: .failures)
            reclaimed.requeued.append(id)
        }
        try ended(id, token: attempt.token.flatMap { UInt64(exactly: $0) })
    }

    /// Takes back at most `limit` jobs that run by the file, whoever ran them.
    func takeBackRunning(limit: Int, maxCrashes: Int) throws(SQLiteFailure) -> Reclaimed {
        var ids: [JobID] = []
        let running = try connection.statement(.running)
        running.bind(1, limit)
        try running.eachRow { row throws(SQLiteFailure) in ids.append(try row.id(0)) }
        var reclaimed = Reclaimed()
        for id in ids { try takeBack(id, token: nil, maxCrashes: maxCrashes, into: &reclaimed) }
        return reclaimed
    }
}
