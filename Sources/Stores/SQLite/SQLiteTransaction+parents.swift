import RoostJobs

extension SQLiteTransaction {
    /// Has a new job wait for those parents that have not ended, or end when one failed or is not there.
    func look(after parents: [JobID], of entry: inout NewEntry) throws(SQLiteFailure) {
        var waiting = 0
        var lost: JobID?
        for parent in parents {
            let row = try row(parent)
            switch row.flatMap({ $0.isLive(now) ? $0.state : nil }) {
            case .done: break
            case .scheduled, .queued, .running: waiting += 1
            case .failed, .cancelled, nil: if entry.job.parentRule == .done { lost = lost ?? parent }
            }
        }
        if let lost {
            entry.end(.cancelled, ErrorText.parent + lost.description, now: now)
        } else if waiting > 0 {
            entry.wait(for: waiting)
        }
    }

    /// Writes down whom a job waits or waited for.
    func link(_ job: NewJob, _ entry: NewEntry) throws(SQLiteFailure) {
        // A parent's end is told to those that waited when it came, not to those that came after a replay.
        let sequence = nextSequence()
        for (place, parent) in job.parents.enumerated() {
            var row = try row(parent)
            if entry.state.isFinal || !(row?.isLive(now) ?? false) { row = nil }
            let insert = try connection.statement(.insertDependency)
            insert.bind(1, job.id)
            insert.bind(2, place)
            insert.bind(3, parent)
            insert.bind(4, row?.state.isFinal ?? false ? Int64.max : sequence)
            insert.bind(5, row == nil ? 0 : 1)
            try insert.run()
            if let row { try need(row) }
        }
    }

    /// Tells children and batch of the end that has waited longest; returns how many jobs that moved.
    func tellOne(limit: Int, _ steps: inout Int) throws(SQLiteFailure) -> Int {
        var first: (number: Int64, parent: JobID, state: JobState, batch: JobID?)?
        try connection.statement(.firstEnds).eachRow { row throws(SQLiteFailure) in
            first = (row.integer(0), try row.id(1), try row.state(2), row.optionalText(3).flatMap { JobID($0) })
        }
        guard let first else {
            change.figures.ends = 0
            return 0
        }
        var children: [(id: JobID, place: Int)] = []
        let query = try connection.statement(.children)
        query.bind(1, first.parent)
        query.bind(2, first.number)
        query.bind(3, limit - steps + 1)
        try query.eachRow { row throws(SQLiteFailure) in children.append((try row.id(0), row.count(1))) }
        var moved = 0
        let hasMore = children.count > limit - steps
        for child in children.prefix(limit - steps) {
            steps += 1
            let tell = try connection.statement(.tell)
            tell.bind(1, child.id)
            tell.bind(2, child.place)
            try tell.run()
            moved += try hear(child.id, of: first.parent, first.state)
        }
        if hasMore { return moved }
        // Of a release that did not keep parents, a child may have ended without a word.
        try expireUnneeded(first.parent)
        steps += 1
        let delete = try connection.statement(.deleteEnd)
        delete.bind(1, first.number)
        try delete.run()
        change.figures.ends -= 1
        if let batch = first.batch { moved += try count(first.state, in: batch) }
        return moved
    }

    /// A child hears that a parent ended; 1 when that moved it.
    private func hear(_ child: JobID, of parent: JobID, _ state: JobState) throws(SQLiteFailure) -> Int {
        guard let row = try row(child), row.state == .scheduled, let waiting = row.waiting else { return 0 }
        if state != .done, try rule(of: row.spot) == .done {
            try end(row.spot, .cancelled, ErrorText.parent + parent.description)
            return 1
        }
        return try letGo(row, waiting: waiting - 1)
    }

    private func rule(of spot: JobSpot) throws(SQLiteFailure) -> NewJob.ParentRule {
        spot.flags.contains(.extras) ? try connection.extras(of: spot.id).parentRule : .done
    }

    /// A job waits for so many others from now on; 1 when that queued it.
    func letGo(_ row: JobRow, waiting: Int) throws(SQLiteFailure) -> Int {
        if waiting <= 0, row.runAt.map({ $0 <= now }) ?? true {
            try promote(row.spot)
            return 1
        }
        let set = try connection.statement(.setWaiting)
        set.bind(1, row.spot.id)
        set.bind(2, waiting > 0 ? Int64(waiting) : nil)
        try set.run()
        if waiting <= 0, let runAt = row.runAt { scheduled(for: runAt) }
        return 0
    }

    /// Queues a scheduled job.
    func promote(_ spot: JobSpot) throws(SQLiteFailure) {
        let promote = try connection.statement(.promote)
        promote.bind(1, spot.id)
        promote.bind(2, nextSequence())
        try promote.run()
        moved(spot, from: .scheduled, to: .queued)
    }
}
