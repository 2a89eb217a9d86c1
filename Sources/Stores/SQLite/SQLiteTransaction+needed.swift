import RoostJobs

/// Parents' records, kept until every child that names them has ended.
extension SQLiteTransaction {
    /// A child that has not ended names the job: it is kept from its end on, which may have been.
    func need(_ parent: JobRow) throws(SQLiteFailure) {
        let id = parent.spot.id
        if !parent.spot.flags.contains(.children) { try add(.children, to: id) }
        if parent.state.isFinal { try run(.keepNeeded, id) } else { change.awaited.insert(id) }
    }

    /// A child that ended lives again.
    func needParents(of child: JobID) throws(SQLiteFailure) {
        let need = try connection.statement(.needParents)
        need.bind(1, child)
        need.bind(2, now)
        try need.run()
        for parent in try neededParents(of: child) {
            if let row = try row(parent) { try self.need(row) }
        }
    }

    /// A child ended: what was kept for it alone has its usual time again, counted from its own end.
    func leaveParents(of child: JobID) throws(SQLiteFailure) {
        let parents = try neededParents(of: child)
        try run(.leaveParents, child)
        for parent in parents { try expireUnneeded(parent) }
    }

    /// Gives a job that ended its time to go, if it has none and no child needs it.
    func expireUnneeded(_ id: JobID) throws(SQLiteFailure) {
        let expire = try connection.statement(.expireUnneeded)
        expire.bind(1, id)
        expire.bind(2, JobDefaults.deadTTL.clampedMicroseconds)
        try expire.run()
    }

    /// Whether a child that has not ended names the job.
    func isNeeded(_ id: JobID) throws(SQLiteFailure) -> Bool {
        var isNeeded = false
        let query = try connection.statement(.needed)
        query.bind(1, id)
        try query.eachRow { row in isNeeded = row.integer(0) != 0 }
        return isNeeded
    }

    func neededParents(of child: JobID) throws(SQLiteFailure) -> [JobID] {
        var parents: [JobID] = []
        let query = try connection.statement(.neededParents)
        query.bind(1, child)
        try query.eachRow { row throws(SQLiteFailure) in parents.append(try row.id(0)) }
        return parents
    }
}
