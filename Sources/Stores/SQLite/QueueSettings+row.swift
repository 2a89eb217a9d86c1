import RoostJobs

extension QueueSettings {
    /// Reads the columns after the name.
    init(row: SQLiteStatement) {
        self.init()
        isPaused = row.integer(1) != 0
        concurrency = row.isNull(2) ? nil : row.count(2)
        rate = row.isNull(3) ? nil : RateLimit(count: row.count(3), period: row.duration(4))
        tenantConcurrency = row.isNull(5) ? nil : row.count(5)
        tenantRate = row.isNull(6) ? nil : RateLimit(count: row.count(6), period: row.duration(7))
        quota = row.isNull(8) ? nil : row.count(8)
        isSearchable = row.integer(9) != 0
    }

    func bind(to statement: SQLiteStatement, name: String) {
        statement.bind(1, name)
        statement.bind(2, isPaused ? 1 : 0)
        statement.bind(3, concurrency.map(Int64.init))
        statement.bind(4, (rate?.count).map(Int64.init))
        statement.bind(5, rate?.period.clampedMicroseconds)
        statement.bind(6, tenantConcurrency.map(Int64.init))
        statement.bind(7, (tenantRate?.count).map(Int64.init))
        statement.bind(8, tenantRate?.period.clampedMicroseconds)
        statement.bind(9, quota.map(Int64.init))
        statement.bind(10, isSearchable ? 1 : 0)
    }
}
