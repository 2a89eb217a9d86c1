import RoostJobs

extension CronStatus {
    /// The columns `init(row:)` reads and `bind` writes, in their order.
    static let columns = """
        name, schedule, time_zone, catch_up, is_paused, next, last, job, type, queue, payload, priority, max_attempts, \
        timeout, result_ttl, start, unique_key, unique_period, unique_conflict, request_key, request_digest, retry, \
        start_by, deadline, tenant, tags, trace, parent_rule, terms
        """

    /// What a periodic job that is there becomes: all new, but the slot that was fired last stays.
    static let replacement = columns.split(separator: ", ").map { $0 == "last" ? "last" : "excluded.\($0)" }
        .joined(separator: ", ")

    init(row: SQLiteStatement) throws(SQLiteFailure) {
        var job = NewJob(
            id: try row.id(7), type: row.text(8), queue: row.text(9), payload: row.bytes(10), priority: row.count(11),
            maxAttempts: row.count(12), timeout: row.duration(13), resultTTL: row.duration(14),
            start: NewJob.Start(text: row.text(15)) ?? .now)
        if let key = row.optionalText(16) {
            job.unique = UniqueRule(
                key: key, period: row.isNull(17) ? nil : row.duration(17),
                conflict: UniqueRule.Conflict(rawValue: row.text(18)) ?? .reject)
        }
        if let key = row.optionalText(19) { job.idempotency = IdempotencyKey(key: key, digest: row.text(20)) }
        job.retry = row.optionalText(21).flatMap { RetryPolicy($0) }
        job.startBy = row.optionalText(22).flatMap { NewJob.Start(text: $0) }
        job.deadline = row.optionalText(23).flatMap { NewJob.Start(text: $0) }
        job.tenant = row.optionalText(24)
        job.tags = row.text(25).split(separator: " ").map(String.init)
        job.trace = row.optionalText(26)
        job.parentRule = NewJob.ParentRule(rawValue: row.text(27)) ?? .done
        job.terms = SearchTerm.fields(row.text(28).split(separator: " "))
        let entry = CronEntry(
            name: row.text(0), schedule: row.text(1), timeZone: row.text(2),
            catchUp: CronEntry.CatchUp(rawValue: row.text(3)) ?? .latest, isPaused: row.integer(4) != 0, job: job)
        self.init(entry: entry, next: row.time(5), last: row.time(6))
    }

    func bind(to statement: SQLiteStatement) {
        let job = entry.job
        statement.bind(1, entry.name)
        statement.bind(2, entry.schedule)
        statement.bind(3, entry.timeZone)
        statement.bind(4, entry.catchUp.rawValue)
        statement.bind(5, entry.isPaused ? 1 : 0)
        statement.bind(6, next)
        statement.bind(7, last)
        statement.bind(8, job.id)
        statement.bind(9, job.type)
        statement.bind(10, job.queue)
        statement.bind(11, job.payload)
        statement.bind(12, job.priority)
        statement.bind(13, job.maxAttempts)
        statement.bind(14, job.timeout)
        statement.bind(15, job.resultTTL)
        statement.bind(16, job.start.text)
        statement.bind(17, job.unique?.key)
        statement.bind(18, job.unique?.period?.clampedMicroseconds)
        statement.bind(19, job.unique?.conflict.rawValue)
        statement.bind(20, job.idempotency?.key)
        statement.bind(21, job.idempotency?.digest)
        statement.bind(22, job.retry?.description)
        statement.bind(23, job.startBy?.text)
        statement.bind(24, job.deadline?.text)
        statement.bind(25, job.tenant)
        statement.bind(26, job.tags.isEmpty ? nil : job.tags.joined(separator: " "))
        statement.bind(27, job.trace)
        statement.bind(28, job.parentRule.rawValue)
        statement.bind(29, job.terms.isEmpty ? nil : SearchTerm.texts(job.terms).joined(separator: " "))
    }
}

extension NewJob.Start {
    /// One word for the file: `now`, `+<microseconds>` or `@<microseconds since 1970>`.
    fileprivate var text: String {
        switch self {
        case .now: "now"
        case .after(let delay): "+\(delay.clampedMicroseconds)"
        case .at(let time): "@\(time.microseconds)"
        }
    }

    fileprivate init?(text: String) {
        switch (text.first, Int64(text.dropFirst())) {
        case ("n", _): self = .now
        case ("+", let delay?): self = .after(.microseconds(delay))
        case ("@", let time?): self = .at(Timestamp(microseconds: time))
        default: return nil
        }
    }
}
