import RoostJobs

extension SQLiteTransaction {
    /// Deletes a job and everything that is kept about it.
    func delete(_ job: JobRow) throws(SQLiteFailure) {
        let spot = job.spot
        if !job.state.isFinal { try tell(spot, .cancelled) }
        try keepKey(of: job)
        if spot.flags.contains(.terms) { try dropTerms(of: spot.id) }
        try run(.deleteJob, spot.id)
        moved(spot, from: job.state, to: nil)
        if let body = job.body {
            let delete = try connection.statement(.deleteBody)
            delete.bind(1, body)
            try delete.run()
        }
        if spot.flags.contains(.extras) { try run(.deleteExtras, spot.id) }
        if spot.flags.contains(.failures) { try run(.deleteFailures, spot.id) }
        if spot.flags.contains(.parents) { try run(.deleteDependencies, spot.id) }
        if spot.flags.contains(.notes) {
            try run(.deleteProgress, spot.id)
            try run(.deleteLines, spot.id)
        }
    }

    /// A unique key's period outlives the record of a job that was done.
    private func keepKey(of job: JobRow) throws(SQLiteFailure) {
        guard let key = job.uniqueKey, job.holdsKey, job.state == .done, job.spot.flags.contains(.extras),
            let until = try connection.extras(of: job.spot.id).uniqueUntil, until > now
        else { return }
        let keep = try connection.statement(.keepKey)
        keep.bind(1, key)
        keep.bind(2, job.spot.id)
        keep.bind(3, until)
        try keep.run()
    }

    func run(_ query: SQLiteQuery, _ id: JobID) throws(SQLiteFailure) {
        let statement = try connection.statement(query)
        statement.bind(1, id)
        try statement.run()
    }

    /// Deletes at most `limit` records whose time is over or that are more than `retention` keeps. Those that would
    /// expire first go first, which are the oldest unless their times to live differ.
    func prune(limit: Int, retention: Retention) throws(SQLiteFailure) -> Int {
        let states: [JobState] = [.done, .failed, .cancelled]
        var pruned = 0
        for state in states where pruned < limit {
            pruned += try prune(state, by: now.microseconds, limit: limit - pruned)
        }
        for state in states where pruned < limit {
            guard let most = retention[state] else { continue }
            let surplus = inState(state) - most
            if surplus > 0 { pruned += try prune(state, by: .max, limit: min(surplus, limit - pruned)) }
        }
        try pruneRest(limit: limit)
        return pruned
    }

    private func prune(_ state: JobState, by time: Int64, limit: Int) throws(SQLiteFailure) -> Int {
        var ids: [JobID] = []
        let expired = try connection.statement(.expired)
        expired.bind(1, state)
        expired.bind(2, time)
        expired.bind(3, limit)
        try expired.eachRow { row throws(SQLiteFailure) in ids.append(try row.id(0)) }
        for id in ids {
            if let job = try row(id) { try delete(job) }
        }
        return ids.count
    }

    /// Keys and batches nobody needs to know of any more.
    private func pruneRest(limit: Int) throws(SQLiteFailure) {
        for query in [SQLiteQuery.dropRequests, .dropKeys] {
            let drop = try connection.statement(query)
            drop.bind(1, now)
            drop.bind(2, limit)
            try drop.run()
        }
        var batches: [JobID] = []
        let expired = try connection.statement(.batchesExpired)
        expired.bind(1, now)
        expired.bind(2, 10)
        try expired.eachRow { row throws(SQLiteFailure) in batches.append(try row.id(0)) }
        for batch in batches {
            try cancelFollowers(of: batch)
            for query in [SQLiteQuery.deleteMembers, .deleteBatch] {
                let delete = try connection.statement(query)
                delete.bind(1, batch)
                try delete.run()
            }
        }
    }
}
