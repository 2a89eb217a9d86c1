import RoostJobs

extension SQLiteTransaction {
    /// Accepts jobs that broke no limit; nil when one names a batch that is not open or has no room: then
    /// nothing is done.
    func enqueue(_ jobs: [NewJob]) throws(SQLiteFailure) -> [Enqueued]? {
        var members: [JobID: Int] = [:]
        for batch in jobs.lazy.compactMap(\.batch) { members[batch, default: 0] += 1 }
        for (batch, count) in members {
            guard let found = try connection.batch(batch), found.status.isOpen, found.expiresAt > now,
                found.status.total + count <= JobLimits.batchMembers
            else { return nil }
        }
        var results: [Enqueued] = []
        results.reserveCapacity(jobs.count)
        for job in jobs { results.append(try enqueue(job)) }
        return results
    }

    func enqueue(_ job: NewJob, hasQuota: Bool = true) throws(SQLiteFailure) -> Enqueued {
        let isPlain = job.unique == nil && job.idempotency == nil && job.parents.isEmpty && job.batch == nil
        if !isPlain {
            if try row(job.id)?.isLive(now) ?? false { return .accepted(job.id) }
            if let known = try known(job.idempotency) { return known }
            let room = hasQuota ? quota(of: job.queue) : nil
            if let keeper = try keeper(for: job, room: room) { return .existing(keeper) }
        }
        if hasQuota, waiting(job.queue) >= quota(of: job.queue) {
            if isPlain, try row(job.id)?.isLive(now) ?? false { return .accepted(job.id) }
            return .full(queue: job.queue)
        }
        try accept(job, isPlain: isPlain)
        return .accepted(job.id)
    }

    private func quota(of queue: String) -> Int { settings(queue)?.quota ?? JobLimits.queueQuota }

    /// What an idempotency key stands for already.
    private func known(_ request: IdempotencyKey?) throws(SQLiteFailure) -> Enqueued? {
        guard let request else { return nil }
        var known: Enqueued?
        let query = try connection.statement(.request)
        query.bind(1, request.key)
        query.bind(2, now)
        try query.eachRow { row throws(SQLiteFailure) in
            let id = try row.id(0)
            known = row.text(1) == request.digest ? .repeated(id) : .mismatched(id)
        }
        return known
    }

    private func accept(_ job: NewJob, isPlain: Bool) throws(SQLiteFailure) {
        var entry = NewEntry(job, now: now, isSearchable: isSearchable(job.queue))
        if !job.parents.isEmpty { try look(after: job.parents, of: &entry) }
        if let unique = job.unique { try release(unique.key) }
        if try !insert(entry) {
            guard let old = try row(job.id) else { return }
            // Plain jobs go without a look first: most ids are new.
            if isPlain, old.isLive(now) { return }
            try delete(old)
            _ = try insert(entry)
        }
        if isPlain { return }
        if let request = job.idempotency { try keep(request, for: job.id) }
        if !job.parents.isEmpty { try link(job, entry) }
        if let batch = job.batch { try add(job.id, to: batch) }
        if entry.state.isFinal { try tell(entry.spot, entry.state) }
    }

    /// Keeps followers of a batch, dead letters and whatever else is given in a state of its own.
    func take(_ entry: NewEntry) throws(SQLiteFailure) {
        if let old = try row(entry.job.id) {
            if old.isLive(now) { return }
            try delete(old)
        }
        _ = try insert(entry)
    }

    /// Adds the row, unless one has the id.
    private func insert(_ entry: NewEntry) throws(SQLiteFailure) -> Bool {
        let job = entry.job
        let sequence = nextSequence()
        let isInline = job.payload.count <= SQLiteSchema.inlineBytes
        let insert = try connection.statement(entry.isRare ? .insertRareJob : .insertJob)
        entry.bind(to: insert, sequence: sequence, now: now)
        insert.bind(14, isInline ? nil : sequence)
        if entry.isRare { entry.bindRare(to: insert, now: now) }
        // The payload stays NULL, as every run leaves it, when it lies apart.
        if isInline { try insert.run(15, borrowing: job.payload) } else { try insert.run() }
        guard connection.changes == 1 else { return false }
        if !isInline {
            let body = try connection.statement(.insertBody)
            body.bind(1, sequence)
            try body.run(2, borrowing: job.payload)
        }
        if entry.flags.contains(.extras) {
            let extras = try connection.statement(.insertExtras)
            entry.extras.bind(to: extras, job: job.id)
            try extras.run()
        }
        if entry.flags.contains(.terms) { try addTerms(job.searchTerms, job.id) }
        add { $0.enqueued += 1 }
        moved(entry.spot, from: nil, to: entry.state)
        guard !entry.state.isFinal else { return true }
        if let runAt = entry.runAt, entry.waiting == nil { scheduled(for: runAt) }
        overdue(at: entry.extras.overdueAt(hasStarted: false))
        return true
    }

    private func keep(_ request: IdempotencyKey, for id: JobID) throws(SQLiteFailure) {
        let keep = try connection.statement(.keepRequest)
        keep.bind(1, request.key)
        keep.bind(2, request.digest)
        keep.bind(3, id)
        keep.bind(4, now.advanced(by: IdempotencyKey.lifetime))
        try keep.run()
    }
}
