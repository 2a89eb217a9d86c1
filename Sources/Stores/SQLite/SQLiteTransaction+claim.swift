import RoostJobs

extension SQLiteTransaction {
    /// What a claim got, and when to look again although nothing happened.
    struct Claimed: Sendable {
        var claims: [Claim] = []
        var retryAt: Timestamp?
        /// Whether it gave up after ending too many overdue jobs: there may be others.
        var gaveUp = false
    }

    /// Hands out jobs band by band, in a band queue by queue, in a queue whoever has waited longest; every tenth job is
    /// from a lower band.
    func claim(_ request: ClaimRequest) throws(SQLiteFailure) -> Claimed {
        let round = ClaimRound(request, in: self)
        try round.run()
        return round.claimed
    }

    /// Hands what was queued to those who wait for it.
    func serve(_ parked: ParkedClaims) throws(SQLiteFailure) {
        guard wakes.contains(.claims) else { return }
        for waiting in parked.all where waiting.beginServing() {
            served.append((waiting, []))
            served[served.count - 1].claims = try claim(waiting.request).claims
        }
    }

    /// Starts a job taken from its lane; nil when its time was over, and it ended.
    func start(_ id: JobID, for request: ClaimRequest) throws(SQLiteFailure) -> Claim? {
        var found: (job: JobRecord, flags: JobFlags)?
        let record = try connection.statement(.record)
        record.bind(1, id)
        try record.eachRow { row throws(SQLiteFailure) in
            let flags = JobFlags(rawValue: row.integer(JobRecord.flagsColumn))
            found = (try JobRecord(row: row, of: connection), flags)
        }
        guard let found else { throw .missingJob }
        var job = found.job
        if let overdueAt = job.overdueAt, overdueAt <= now {
            if let row = try row(id) { _ = try endOverdue(row) }
            return nil
        }
        let token = nextSequence()
        let claim = try connection.statement(.claim)
        claim.bind(1, id)
        claim.bind(2, token)
        claim.bind(3, now)
        claim.bind(4, repeated: request.worker)
        claim.bind(5, job.deadline)
        try claim.run()
        moved(JobSpot(job, flags: found.flags), from: .queued, to: .running)
        add { $0.started += 1 }
        let fence = UInt64(clamping: token)
        let deadline = SuspendingClock.now.advanced(by: request.lease)
        let isAwaited = !found.flags.isDisjoint(with: [.batch, .children, .parents])
        change.granted[id] = .init(token: fence, worker: request.worker, isAwaited: isAwaited, deadline: deadline)
        job.state = .running
        job.attempt += 1
        job.startedAt = now
        job.worker = request.worker
        return Claim(job: job, token: fence)
    }

    /// Writes down how many jobs started now under limits that look at it.
    func keepStarts(_ starts: [SQLiteLedger.Scope: Int], _ rates: [SQLiteLedger.Scope: RateLimit]) throws(SQLiteFailure)
    {
        for (scope, count) in starts {
            guard let rate = rates[scope] else { continue }
            let add = try connection.statement(.addStarts)
            add.bind(1, scope.text)
            add.bind(2, now)
            add.bind(3, count)
            try add.run()
            let drop = try connection.statement(.dropStarts)
            drop.bind(1, scope.text)
            drop.bind(2, now.microseconds - rate.period.clampedMicroseconds)
            try drop.run()
        }
    }
}
