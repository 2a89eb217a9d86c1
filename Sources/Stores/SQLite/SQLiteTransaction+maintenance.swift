import RoostJobs

extension SQLiteTransaction {
    /// Queues at most `limit` jobs whose time has come.
    func promoteDue(limit: Int) throws(SQLiteFailure) -> Int {
        var jobs: [(id: JobID, queue: String, type: String, priority: Int)] = []
        let due = try connection.statement(.due)
        due.bind(1, now)
        due.bind(2, limit)
        try due.eachRow { row throws(SQLiteFailure) in
            jobs.append((try row.id(0), row.text(1), row.text(2), row.count(3)))
        }
        let promote = try connection.statement(.promote)
        for job in jobs {
            promote.bind(1, job.id)
            promote.bind(2, nextSequence())
            try promote.run()
            moved(job.queue, from: .scheduled, to: .queued)
            joined(job.queue, priority: job.priority, type: job.type)
        }
        var next: Timestamp?
        try connection.statement(.nextDue).eachRow { row in next = row.time(0) }
        setNextDue(next)
        return jobs.count
    }

    /// Takes a claim back from a worker that was lost; nil token: whatever its token.
    func takeBack(_ id: JobID, token: UInt64?, maxCrashes: Int, into reclaimed: inout Reclaimed) throws(SQLiteFailure) {
        var job: (queue: String, type: String, priority: Int, crashes: Int, worker: String?)?
        let crashed = try connection.statement(.crashed)
        crashed.bind(1, id)
        crashed.bind(2, token.map { Int64(clamping: $0) })
        try crashed.eachRow { row in
            job = (row.text(0), row.text(1), row.count(2), row.count(3) + 1, row.optionalText(4))
        }
        guard let job else { return }
        add { $0.reclaimed += 1 }
        if job.crashes >= maxCrashes {
            let bury = try connection.statement(.bury)
            bury.bind(1, id)
            bury.bind(2, job.crashes)
            bury.bind(3, ErrorText.cut(ErrorText.poison(crashes: job.crashes, worker: job.worker)))
            bury.bind(4, now)
            bury.bind(5, now.advanced(by: JobDefaults.deadTTL))
            try bury.run()
            moved(job.queue, from: .running, to: .failed)
            add { $0.failed += 1 }
            reclaimed.dead.append(id)
        } else {
            let requeue = try connection.statement(.requeue)
            requeue.bind(1, id)
            requeue.bind(2, job.crashes)
            requeue.bind(3, nextSequence())
            try requeue.run()
            moved(job.queue, from: .running, to: .queued)
            joined(job.queue, priority: job.priority, type: job.type)
            reclaimed.requeued.append(id)
        }
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

    /// Deletes at most `limit` records whose time is over.
    func prune(limit: Int) throws(SQLiteFailure) -> Int {
        var jobs: [(id: JobID, queue: String, state: JobState, body: Int64?)] = []
        let expired = try connection.statement(.expired)
        expired.bind(1, now)
        expired.bind(2, limit)
        try expired.eachRow { row throws(SQLiteFailure) in
            jobs.append((try row.id(0), row.text(1), try row.state(2), row.isNull(3) ? nil : row.integer(3)))
        }
        for job in jobs { try delete(job.id, queue: job.queue, state: job.state, body: job.body) }
        return jobs.count
    }
}
