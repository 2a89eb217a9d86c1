import RoostJobs

/// Where a job is, and what moving or deleting it needs to know of it.
struct JobSpot {
    let id: JobID
    let state: JobState
    let queue: String
    let type: String
    let priority: Int
    let tenant: String?
    let flags: JobFlags

    init(
        id: JobID, state: JobState, queue: String, type: String, priority: Int, tenant: String?, flags: JobFlags
    ) {
        self.id = id
        self.state = state
        self.queue = queue
        self.type = type
        self.priority = priority
        self.tenant = tenant
        self.flags = flags
    }

    /// The running job a ticket that fits stands for.
    init(_ ticket: Claim.Ticket, flags: JobFlags) {
        self.init(
            id: ticket.id, state: .running, queue: ticket.queue, type: ticket.type, priority: ticket.priority,
            tenant: ticket.tenant, flags: flags)
    }

    init(_ job: JobRecord, flags: JobFlags) {
        self.init(
            id: job.id, state: job.state, queue: job.queue, type: job.type, priority: job.priority, tenant: job.tenant,
            flags: flags)
    }

    var band: SQLiteLedger.Band { .init(queue: queue, priority: priority) }

    var lane: SQLiteLedger.Lane { .init(queue: queue, priority: priority, type: type) }
}

extension JobSpot {
    /// The columns a `JobRow` is read from, in its order.
    static let columns = """
        id, state, queue, type, priority, tenant, flags, attempt, expires_at, run_at, waiting, body, worker, \
        unique_key, holds_key, started_at IS NOT NULL
        """

    /// Reads the first seven of `columns`.
    init(row: SQLiteStatement) throws(SQLiteFailure) {
        self.init(
            id: try row.id(0), state: try row.state(1), queue: row.text(2), type: row.text(3), priority: row.count(4),
            tenant: row.optionalText(5), flags: JobFlags(rawValue: row.integer(6)))
    }
}
