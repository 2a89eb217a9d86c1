import CSQLite
import RoostJobs

extension SQLiteTransaction {
    /// Payload bytes one claim hands out at most, unless the first job alone has more.
    private static let claimedBytes = 64 << 20

    /// Hands out jobs band by band, in a band queue by queue, in a queue whoever has waited longest.
    func claim(_ request: ClaimRequest) throws(SQLiteFailure) -> [Claim] {
        var claims: [Claim] = []
        var bytes = 0
        for priority in 1...10 {
            for queue in request.queues {
                let band = SQLiteLedger.Band(queue: queue, priority: priority)
                var line = ReadyLine(band, types: request.types, limit: request.limit - claims.count, of: self)
                while claims.count < request.limit, bytes < Self.claimedBytes, let id = try line.next(self) {
                    let claim = try start(id, for: request)
                    bytes += claim.job.payload.count
                    claims.append(claim)
                }
                guard claims.count < request.limit, bytes < Self.claimedBytes else { return claims }
            }
        }
        return claims
    }

    private func start(_ id: JobID, for request: ClaimRequest) throws(SQLiteFailure) -> Claim {
        var found: JobRecord?
        let record = try connection.statement(.record)
        record.bind(1, id)
        try record.eachRow { row throws(SQLiteFailure) in found = try JobRecord(row: row, of: connection) }
        guard var job = found else {
            throw SQLiteFailure(code: SQLITE_CORRUPT, message: "an index names a job that is not there")
        }
        let token = nextSequence()
        let claim = try connection.statement(.claim)
        claim.bind(1, id)
        claim.bind(2, token)
        claim.bind(3, now)
        claim.bind(4, request.worker)
        try claim.run()
        left(job.queue, priority: job.priority, type: job.type)
        moved(job.queue, from: .queued, to: .running)
        add { $0.started += 1 }
        let fence = UInt64(clamping: token)
        granted(id, .init(token: fence, deadline: SuspendingClock.now.advanced(by: request.lease)))
        job.state = .running
        job.attempt += 1
        job.startedAt = now
        job.worker = request.worker
        return Claim(job: job, token: fence)
    }
}
