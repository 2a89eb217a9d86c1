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
        try connection.statement(.countStates).eachRow { row throws(SQLiteFailure) in
            ledger.counts[row.text(0), default: [:]][try row.state(1)] = row.count(2)
        }
        try connection.statement(.countReady).eachRow { row in
            ledger.bands[Band(queue: row.text(0), priority: row.count(1)), default: [:]][row.text(2)] = row.count(3)
        }
        self = ledger
    }
}
