public import RoostJobs
import Synchronization

extension SQLiteStore {
    /// Lanes of one queue whose first job is asked how long it has waited.
    private static let lanes = 256

    /// Kept in the file; wakes claims that wait. Throws `.invalid` for a change that breaks a limit.
    public func setQueue(_ name: String, _ change: QueueChange) async throws(StoreError) -> QueueSettings {
        try closedCheck()
        try StoreRequest.check(change, queue: name)
        let settings = try await writer.write { transaction throws(SQLiteFailure) in
            try transaction.setQueue(name, change)
        }
        guard let settings else {
            throw StoreError(.invalid, "at most \(JobLimits.queues) queues have settings")
        }
        return settings
    }

    /// Counts and settings from memory, the oldest job from the head of each lane.
    public func queues() async throws(StoreError) -> [QueueStatus] {
        try closedCheck()
        let (settings, counts, lanes) = writer.committer.ledger.withLock { ledger in
            (ledger.settings, ledger.counts, (ledger.bands, ledger.tenantBands))
        }
        let names = Set(settings.keys).union(counts.keys)
        let heads = try await reader.read { connection throws(SQLiteFailure) in
            var heads: [String: Timestamp] = [:]
            try Self.heads(.oldest, lanes.0, connection, &heads)
            try Self.heads(.oldestOfTenants, lanes.1, connection, &heads)
            return heads
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { name in
            QueueStatus(
                name: name, settings: settings[name] ?? QueueSettings(), counts: counts[name] ?? [:],
                oldest: heads[name])
        }
    }

    private static func heads(
        _ query: SQLiteQuery, _ bands: [SQLiteLedger.Band: [String: Int]], _ connection: SQLiteConnection,
        _ heads: inout [String: Timestamp]
    ) throws(SQLiteFailure) {
        var seen: [String: Int] = [:]
        for (band, types) in bands {
            for type in types.keys where seen[band.queue, default: 0] < lanes {
                seen[band.queue, default: 0] += 1
                var time: Timestamp?
                let head = try connection.statement(query)
                head.bind(1, band.queue)
                head.bind(2, band.priority)
                head.bind(3, type)
                try head.eachRow { row in time = row.time(0) }
                if let time { heads[band.queue] = heads[band.queue].map { min($0, time) } ?? time }
            }
        }
    }

    // MARK: Periodic jobs

    /// See `CronStore`.
    public func putCron(_ cron: CronEntry, next: Timestamp) async throws(StoreError) {
        try closedCheck()
        try StoreRequest.check(cron)
        let isKept = try await writer.write { transaction throws(SQLiteFailure) in
            try transaction.putCron(cron, next: next)
        }
        if !isKept { throw StoreError(.invalid, "at most \(JobLimits.crons) periodic jobs") }
    }

    /// See `CronStore`.
    public func deleteCron(_ name: String) async throws(StoreError) -> Bool {
        try closedCheck()
        return try await writer.write { transaction throws(SQLiteFailure) in try transaction.deleteCron(name) }
    }

    /// See `CronStore`.
    public func crons() async throws(StoreError) -> [CronStatus] {
        try await reader.read { connection throws(SQLiteFailure) in
            try connection.statement(.crons).crons()
        }
    }

    /// See `CronStore`; waits at most an hour.
    public func dueCrons(limit: Int, wait: Duration) async throws(StoreError) -> DueCrons {
        let deadline = ContinuousClock.now + min(max(.zero, wait), .seconds(3600))
        let limit = min(max(1, limit), 1000)
        while true {
            try closedCheck()
            let generation = writer.committer.crons.generation
            let now = now()
            let (due, next) = try await reader.read { connection throws(SQLiteFailure) in
                let query = try connection.statement(.dueCrons)
                query.bind(1, now)
                query.bind(2, limit)
                let due = try query.crons()
                var next: Timestamp?
                try connection.statement(.nextCron).eachRow { row in next = row.time(0) }
                return (due, next)
            }
            let left = deadline - .now
            if !due.isEmpty || left <= .zero || Task.isCancelled { return DueCrons(now: now, crons: due) }
            let wait = next.map { max(.zero, $0.since(now)) + .milliseconds(1) } ?? left
            await writer.committer.crons.wait(after: generation, upTo: min(left, wait))
        }
    }

    /// See `CronStore`.
    public func fireCron(
        _ name: String, slot: Timestamp, next: Timestamp?, jobs: [NewJob]
    ) async throws(StoreError) -> Bool {
        try closedCheck()
        try StoreRequest.check(jobs)
        return try await writer.write(jobs: max(1, jobs.count)) { transaction throws(SQLiteFailure) in
            try transaction.fireCron(name, slot: slot, next: next, jobs: jobs)
        }
    }
}

extension SQLiteStatement {
    fileprivate func crons() throws(SQLiteFailure) -> [CronStatus] {
        var crons: [CronStatus] = []
        try eachRow { row throws(SQLiteFailure) in crons.append(try CronStatus(row: row)) }
        return crons
    }
}
