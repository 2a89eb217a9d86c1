import RoostJobs

/// The rare fields of a job, in a row of their own that only jobs with one of them have.
struct JobExtras: Equatable {
    var retry: RetryPolicy?
    var startBy: Timestamp?
    var deadline: Timestamp?
    var tags: [String] = []
    var terms: [String: String] = [:]
    var trace: String?
    var parentRule = NewJob.ParentRule.done
    var batch: JobID?
    /// Until when the job's unique key keeps others away; nil: as long as the job does.
    var uniqueUntil: Timestamp?
    var attemptsBefore = 0

    static let columns = """
        job, retry, start_by, deadline, tags, trace, parent_rule, batch, unique_until, attempts_before, \
        terms
        """

    init() {}

    init(_ job: NewJob, now: Timestamp) {
        retry = job.retry
        startBy = job.startBy?.moment(now)
        deadline = job.deadline?.moment(now)
        tags = job.tags
        terms = job.terms
        trace = job.trace
        parentRule = job.parentRule
        batch = job.batch
        uniqueUntil = job.unique?.period.map { now.advanced(by: $0) }
    }

    /// When the job's time is over if it has not started, or not ended, by then.
    func overdueAt(hasStarted: Bool) -> Timestamp? {
        guard !hasStarted, let startBy else { return deadline }
        return deadline.map { min($0, startBy) } ?? startBy
    }

    var isEmpty: Bool { self == JobExtras() }
}

extension JobExtras {
    init(row: SQLiteStatement) {
        retry = row.optionalText(1).flatMap { RetryPolicy($0) }
        startBy = row.time(2)
        deadline = row.time(3)
        tags = row.text(4).split(separator: " ").map(String.init)
        trace = row.optionalText(5)
        parentRule = row.optionalText(6).flatMap(NewJob.ParentRule.init) ?? .done
        batch = row.optionalText(7).flatMap { JobID($0) }
        uniqueUntil = row.time(8)
        attemptsBefore = row.count(9)
        terms = SearchTerm.fields(row.text(10).split(separator: " "))
    }

    func bind(to statement: SQLiteStatement, job: JobID) {
        statement.bind(1, job)
        statement.bind(2, retry?.description)
        statement.bind(3, startBy)
        statement.bind(4, deadline)
        statement.bind(5, tags.isEmpty ? nil : tags.joined(separator: " "))
        statement.bind(6, trace)
        statement.bind(7, parentRule == .done ? nil : parentRule.rawValue)
        statement.bind(8, batch?.description)
        statement.bind(9, uniqueUntil)
        statement.bind(10, attemptsBefore)
        statement.bind(11, terms.isEmpty ? nil : SearchTerm.texts(terms).joined(separator: " "))
    }
}

extension SQLiteConnection {
    /// A job's rare fields; without a row there are none.
    func extras(of id: JobID) throws(SQLiteFailure) -> JobExtras {
        var extras = JobExtras()
        let query = try statement(.extras)
        query.bind(1, id)
        try query.eachRow { row in extras = JobExtras(row: row) }
        return extras
    }
}
