import RoostJobs

extension SQLiteTransaction {
    /// The job that keeps this one away, after doing what the rule says to it; nil: the key is free to be taken.
    ///
    /// `room` is how many jobs may wait in the job's queue; nil: any number.
    func keeper(for job: NewJob, room: Int?) throws(SQLiteFailure) -> JobID? {
        guard let rule = job.unique, let id = try keeper(of: rule.key) else { return nil }
        guard let row = try row(id), row.isLive(now) else { return id }
        switch rule.conflict {
        case .reject: return id
        case .replace:
            guard row.state == .scheduled || row.state == .queued else { return id }
            // One that is replaced makes room, and stays when there is none.
            let freed = row.spot.queue == job.queue ? 1 : 0
            if room.map({ waiting(job.queue) - freed < $0 }) ?? true {
                try end(row.spot, .cancelled, ErrorText.replaced + job.id.description)
            }
            return nil
        case .extend:
            let time = job.start.moment(now)
            if row.state == .scheduled, row.runAt != nil, time > now {
                let set = try connection.statement(.setRunAt)
                set.bind(1, id)
                set.bind(2, time)
                try set.run()
                touched.append(id)
                if row.waiting == nil { scheduled(for: time) }
            }
            return id
        }
    }

    /// Who keeps others with the key away now.
    func keeper(of key: String) throws(SQLiteFailure) -> JobID? {
        var found: (id: JobID, state: JobState, isLive: Bool, flags: JobFlags)?
        let holder = try connection.statement(.keyHolder)
        holder.bind(1, key)
        try holder.eachRow { row throws(SQLiteFailure) in
            let isLive = row.time(2).map { $0 > now } ?? true
            found = (try row.id(0), try row.state(1), isLive, JobFlags(rawValue: row.integer(3)))
        }
        guard let found else { return try keptKey(key) }
        if found.isLive, found.state == .failed || found.state == .cancelled { return nil }
        if found.flags.contains(.extras), let until = try connection.extras(of: found.id).uniqueUntil {
            return until > now ? found.id : nil
        }
        return found.isLive ? found.id : nil
    }

    private func keptKey(_ key: String) throws(SQLiteFailure) -> JobID? {
        var found: JobID?
        let kept = try connection.statement(.keptKey)
        kept.bind(1, key)
        try kept.eachRow { row throws(SQLiteFailure) in
            if let until = row.time(1), until > now { found = try row.id(0) }
        }
        return found
    }

    /// Nobody holds the key any more.
    func release(_ key: String) throws(SQLiteFailure) {
        for query in [SQLiteQuery.releaseKey, .dropKey] {
            let release = try connection.statement(query)
            release.bind(1, key)
            try release.run()
        }
    }
}
