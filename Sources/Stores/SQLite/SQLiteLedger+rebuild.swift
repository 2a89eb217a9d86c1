import RoostJobs

extension SQLiteLedger {
    /// Counts what is in the file. No job has a lease: whoever ran one is gone.
    init(rebuilding connection: SQLiteConnection) throws(SQLiteFailure) {
        var ledger = SQLiteLedger()
        try connection.statement(.loadLedger).eachRow { row in
            ledger.figures.sequence = row.integer(0)
            ledger.figures.totals.enqueued = row.count(1)
            ledger.figures.totals.started = row.count(2)
            ledger.figures.totals.done = row.count(3)
            ledger.figures.totals.retried = row.count(4)
            ledger.figures.totals.failed = row.count(5)
            ledger.figures.totals.reclaimed = row.count(6)
        }
        try connection.statement(.nextDue).eachRow { row in ledger.figures.nextDue = row.time(0) }
        try connection.statement(.nextOverdue).eachRow { row in ledger.figures.nextOverdue = row.time(0) }
        try connection.statement(.countEnds).eachRow { row in ledger.figures.ends = row.count(0) }
        try connection.statement(.countFed).eachRow { row in ledger.figures.fed = row.count(0) }
        try connection.statement(.isFeeding).eachRow { row in ledger.isFeeding = row.count(0) > 0 }
        try connection.statement(.countStates).eachRow { row throws(SQLiteFailure) in
            ledger.counts[row.text(0), default: [:]][try row.state(1)] = row.count(2)
        }
        ledger.running = ledger.counts.values.reduce(0) { $0 + ($1[.running] ?? 0) }
        try connection.statement(.countRunningByTenant).eachRow { row in
            ledger.tenantsRunning[Scope(queue: row.text(0), tenant: row.text(1))] = row.count(2)
        }
        try connection.statement(.countReady).eachRow { row in
            ledger.bands[Band(queue: row.text(0), priority: row.count(1)), default: [:]][row.text(2)] = row.count(3)
        }
        try connection.statement(.countReadyByTenant).eachRow { row in
            let band = Band(queue: row.text(0), priority: row.count(1))
            ledger.tenantBands[band, default: [:]][row.text(2), default: 0] += row.count(4)
        }
        try ledger.loadLimits(connection)
        self = ledger
    }

    private mutating func loadLimits(_ connection: SQLiteConnection) throws(SQLiteFailure) {
        var settings: [String: QueueSettings] = [:]
        try connection.statement(.queues).eachRow { row in settings[row.text(0)] = QueueSettings(row: row) }
        self.settings = settings
        var starts: [Scope: StartTimes] = [:]
        try connection.statement(.starts).eachRow { row in
            let scope = Scope(text: row.text(0))
            let time = Timestamp(microseconds: row.integer(1))
            starts[scope, default: StartTimes()].add(row.count(2), at: time, keeping: JobLimits.rateCount)
        }
        self.starts = starts
        var wishes: [JobID: String] = [:]
        try connection.statement(.wishes).eachRow { row throws(SQLiteFailure) in wishes[try row.id(0)] = row.text(1) }
        self.wishes = wishes
    }
}
