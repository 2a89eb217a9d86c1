import RoostJobs

extension SQLiteTransaction {
    /// How long a batch is kept when it is never closed, and once its last member ended.
    private static let openBatch = Duration.seconds(7 * 86_400)
    private static let endedBatch = Duration.seconds(86_400)

    func open(_ batch: NewBatch) throws(SQLiteFailure) {
        let insert = try connection.statement(.insertBatch)
        insert.bind(1, batch.id)
        insert.bind(2, batch.name)
        insert.bind(3, now)
        insert.bind(4, batch.onComplete?.id.description)
        insert.bind(5, batch.onSuccess?.id.description)
        insert.bind(6, now.advanced(by: Self.openBatch))
        try insert.run()
        guard connection.changes == 1 else { return }
        for follower in [batch.onComplete, batch.onSuccess] {
            guard let follower else { continue }
            var entry = NewEntry(follower, now: now, isSearchable: isSearchable(follower.queue))
            entry.wait(for: 1)
            try take(entry)
        }
    }

    /// No more members; nil if there is no such batch.
    func close(_ batch: JobID) throws(SQLiteFailure) -> BatchStatus? {
        let close = try connection.statement(.closeBatch)
        close.bind(1, batch)
        close.bind(2, now)
        // What was closed in time is kept until its last member ended.
        close.bind(3, now.advanced(by: JobLimits.longest))
        try close.run()
        guard connection.changes == 1 else { return nil }
        _ = try releaseFollowers(of: batch)
        return try connection.batch(batch)?.status
    }

    /// A job joins its batch.
    func add(_ job: JobID, to batch: JobID) throws(SQLiteFailure) {
        let add = try connection.statement(.addMember)
        add.bind(1, batch)
        add.bind(2, job)
        try add.run()
        try run(.growBatch, batch)
    }

    /// A member ended; returns how many jobs that moved.
    func count(_ state: JobState, in batch: JobID) throws(SQLiteFailure) -> Int {
        let count = try connection.statement(.countMember)
        count.bind(1, batch)
        count.bind(2, state == .done ? 1 : 0)
        count.bind(3, state == .failed ? 1 : 0)
        count.bind(4, state == .cancelled ? 1 : 0)
        try count.run()
        return try releaseFollowers(of: batch)
    }

    /// Nothing else would let the followers of a batch go that was never closed.
    func cancelFollowers(of id: JobID) throws(SQLiteFailure) {
        guard let batch = try connection.batch(id)?.status else { return }
        for follower in [batch.onComplete, batch.onSuccess] {
            guard let follower, let row = try row(follower), row.state == .scheduled, row.waiting != nil else {
                continue
            }
            try end(row.spot, .cancelled, ErrorText.parent + id.description)
        }
    }

    /// Lets the followers go once every member of a closed batch has ended.
    private func releaseFollowers(of id: JobID) throws(SQLiteFailure) -> Int {
        guard let batch = try connection.batch(id)?.status, !batch.isOpen, batch.pending == 0, batch.finishedAt == nil
        else { return 0 }
        let finish = try connection.statement(.finishBatch)
        finish.bind(1, id)
        finish.bind(2, now)
        finish.bind(3, now.advanced(by: Self.endedBatch))
        try finish.run()
        var moved = 0
        for (follower, mayRun) in [(batch.onComplete, true), (batch.onSuccess, batch.done == batch.total)] {
            guard let follower, let row = try row(follower), row.state == .scheduled, row.waiting != nil else {
                continue
            }
            if mayRun {
                moved += try letGo(row, waiting: 0)
            } else {
                try end(row.spot, .cancelled, ErrorText.parent + id.description)
                moved += 1
            }
        }
        return moved
    }
}

extension SQLiteConnection {
    /// A batch and until when it is kept.
    func batch(_ id: JobID) throws(SQLiteFailure) -> (status: BatchStatus, expiresAt: Timestamp)? {
        var found: (status: BatchStatus, expiresAt: Timestamp)?
        let query = try statement(.batch)
        query.bind(1, id)
        try query.eachRow { row throws(SQLiteFailure) in
            var status = BatchStatus(
                NewBatch(id: try row.id(0), name: row.optionalText(1)),
                openedAt: Timestamp(microseconds: row.integer(2)))
            status.isOpen = row.integer(3) != 0
            status.total = row.count(4)
            status.done = row.count(5)
            status.failed = row.count(6)
            status.cancelled = row.count(7)
            status.finishedAt = row.time(8)
            status.onComplete = row.optionalText(9).flatMap { JobID($0) }
            status.onSuccess = row.optionalText(10).flatMap { JobID($0) }
            found = (status, Timestamp(microseconds: row.integer(11)))
        }
        return found
    }
}
