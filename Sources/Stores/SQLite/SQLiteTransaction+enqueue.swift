import RoostJobs

extension SQLiteTransaction {
    /// Accepts a job that broke no limit.
    func enqueue(_ job: NewJob) throws(SQLiteFailure) -> Enqueued {
        if let key = job.uniqueKey {
            if try isKept(job.id) { return .accepted(job.id) }
            if let holder = try holder(of: key) { return .existing(holder) }
        }
        if try insert(job) { return .accepted(job.id) }
        if try isKept(job.id) { return .accepted(job.id) }
        try deleteExpired(job.id)
        _ = try insert(job)
        return .accepted(job.id)
    }

    /// Adds the row, unless one has the id.
    private func insert(_ job: NewJob) throws(SQLiteFailure) -> Bool {
        let runAt = runAt(job.start)
        let state: JobState = runAt == nil ? .queued : .scheduled
        let sequence = nextSequence()
        let isInline = job.payload.count <= SQLiteSchema.inlineBytes
        let insert = try connection.statement(.insertJob)
        insert.bind(1, job.id)
        insert.bind(2, state)
        insert.bind(3, job.queue)
        insert.bind(4, job.type)
        insert.bind(5, job.priority)
        insert.bind(6, sequence)
        insert.bind(7, job.maxAttempts)
        insert.bind(8, job.timeout)
        insert.bind(9, job.resultTTL)
        insert.bind(10, job.uniqueKey)
        insert.bind(11, now)
        insert.bind(12, runAt)
        insert.bind(13, isInline ? nil : sequence)
        insert.bind(14, isInline ? job.payload : nil)
        try insert.run()
        guard connection.changes == 1 else { return false }
        if !isInline {
            let body = try connection.statement(.insertBody)
            body.bind(1, sequence)
            try body.run(2, borrowing: job.payload)
        }
        add { $0.enqueued += 1 }
        moved(job.queue, from: nil, to: state)
        if let runAt {
            scheduled(for: runAt)
        } else {
            joined(job.queue, priority: job.priority, type: job.type)
        }
        return true
    }

    /// When the job may start; nil: now.
    private func runAt(_ start: NewJob.Start) -> Timestamp? {
        switch start {
        case .now: nil
        case .after(let delay): delay > .zero ? now.advanced(by: delay) : nil
        case .at(let time): time > now ? time : nil
        }
    }

    /// Whether the id belongs to a job whose time is not over.
    private func isKept(_ id: JobID) throws(SQLiteFailure) -> Bool {
        var isKept = false
        let known = try connection.statement(.known)
        known.bind(1, id)
        try known.eachRow { row in isKept = (row.time(3) ?? .distantFuture) > now }
        return isKept
    }

    /// The job that keeps others with its key away. One that no longer does is made to let go of the key.
    private func holder(of key: String) throws(SQLiteFailure) -> JobID? {
        var found: (id: JobID, holds: Bool)?
        let holder = try connection.statement(.keyHolder)
        holder.bind(1, key)
        try holder.eachRow { row throws(SQLiteFailure) in
            let state = try row.state(1)
            let holds = state != .failed && state != .cancelled && (row.time(2) ?? .distantFuture) > now
            found = (try row.id(0), holds)
        }
        guard let found else { return nil }
        if found.holds { return found.id }
        let release = try connection.statement(.releaseKey)
        release.bind(1, found.id)
        try release.run()
        return nil
    }

    private func deleteExpired(_ id: JobID) throws(SQLiteFailure) {
        var found: (queue: String, state: JobState, body: Int64?)?
        let known = try connection.statement(.known)
        known.bind(1, id)
        try known.eachRow { row throws(SQLiteFailure) in
            found = (row.text(0), try row.state(1), row.isNull(2) ? nil : row.integer(2))
        }
        if let found { try delete(id, queue: found.queue, state: found.state, body: found.body) }
    }
}

extension Timestamp {
    /// Later than anything the store compares.
    fileprivate static let distantFuture = Timestamp(microseconds: .max)
}
