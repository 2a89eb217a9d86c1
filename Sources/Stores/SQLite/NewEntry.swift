import RoostJobs

/// A job on its way into the file.
struct NewEntry {
    let job: NewJob
    var state: JobState
    var runAt: Timestamp?
    /// Jobs, or the batch, it waits for.
    var waiting: Int?
    var extras: JobExtras
    var flags: JobFlags = []
    var holdsKey: Bool
    /// Why it ended at once.
    var error: String?
    var expiresAt: Timestamp?

    /// A job that waits for nothing but perhaps its time.
    init(_ job: NewJob, now: Timestamp, isSearchable: Bool) {
        self.job = job
        let time = job.start.moment(now)
        runAt = time > now ? time : nil
        state = runAt == nil ? .queued : .scheduled
        extras = job.hasExtras ? JobExtras(job, now: now) : JobExtras()
        holdsKey = job.unique != nil
        if job.hasExtras { flags.insert(.extras) }
        if job.batch != nil { flags.insert(.batch) }
        if isSearchable, !(job.tags.isEmpty && job.terms.isEmpty) { flags.insert(.terms) }
        if !job.parents.isEmpty { flags.insert(.parents) }
    }

    /// The job waits for so many others.
    mutating func wait(for others: Int) {
        waiting = others
        state = .scheduled
    }

    /// The job ends before it began.
    mutating func end(_ state: JobState, _ error: String, now: Timestamp) {
        self.state = state
        self.error = ErrorText.cut(error)
        waiting = nil
        runAt = nil
        expiresAt = now.advanced(by: state == .failed ? JobDefaults.deadTTL : job.resultTTL)
    }

    var spot: JobSpot {
        JobSpot(
            id: job.id, state: state, queue: job.queue, type: job.type, priority: job.priority, tenant: job.tenant,
            flags: flags)
    }

    /// Binds what every job has, but the payload.
    func bind(to insert: SQLiteStatement, sequence: Int64, now: Timestamp) {
        insert.bind(1, job.id)
        insert.bind(2, state)
        insert.bind(3, repeated: job.queue)
        insert.bind(4, repeated: job.type)
        insert.bind(5, job.priority)
        insert.bind(6, sequence)
        insert.bind(7, job.maxAttempts)
        insert.bind(8, job.timeout)
        insert.bind(9, job.resultTTL)
        insert.bind(10, job.uniqueKey)
        insert.bind(11, holdsKey ? 1 : 0)
        insert.bind(12, now)
        insert.bind(13, runAt)
    }

    /// Whether it has what few jobs have in their rows.
    var isRare: Bool { flags != [] || waiting != nil || state.isFinal || job.tenant != nil }

    /// Binds the columns only rare jobs have.
    func bindRare(to insert: SQLiteStatement, now: Timestamp) {
        insert.bind(16, job.tenant)
        insert.bind(17, flags.rawValue)
        insert.bind(18, waiting.map(Int64.init))
        insert.bind(19, extras.overdueAt(hasStarted: false))
        insert.bind(20, error)
        insert.bind(21, state.isFinal ? now : nil)
        insert.bind(22, expiresAt)
    }
}

extension NewJob {
    /// Whether it has what is kept in `JobExtras`.
    fileprivate var hasExtras: Bool {
        retry != nil || startBy != nil || deadline != nil || !tags.isEmpty || !terms.isEmpty || trace != nil
            || batch != nil || unique?.period != nil || parentRule != .done
    }
}
