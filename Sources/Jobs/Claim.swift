/// What a worker asks a store for.
public struct ClaimRequest: Sendable, Equatable {
    /// The queues, first come first in a priority band.
    ///
    /// Bands go strictly from 1 to 10, but of every ten jobs a store hands out one is taken from a lower band than the
    /// first that has any, each lower band in turn, so that none starves.
    public var queues: [String]
    /// The types the worker handles; nil: any.
    public var types: Set<String>?
    /// At most this many jobs.
    public var limit: Int
    /// Who asks: a name unique to the incarnation of the node, at most 200 bytes, without white space.
    public var worker: String
    /// How long the claims hold unless extended.
    public var lease: Duration
    /// How long to wait for a job when there is none now.
    public var wait: Duration
    /// Where the store notes what it has handed out, before whoever asked can look at it; nil: nowhere.
    public var receipt: ClaimReceipt?

    /// A request.
    public init(
        queues: [String], types: Set<String>? = nil, limit: Int, worker: String, lease: Duration, wait: Duration = .zero
    ) {
        self.queues = queues
        self.types = types
        self.limit = limit
        self.worker = worker
        self.lease = lease
        self.wait = wait
    }
}

/// A job handed to one worker for the time of a lease.
public struct Claim: Sendable, Equatable {
    /// The job, running.
    public var job: JobRecord
    /// The right to settle it.
    public var ticket: Ticket

    /// A claim.
    public init(job: JobRecord, token: UInt64) {
        self.job = job
        ticket = Ticket(
            id: job.id, token: token, queue: job.queue, type: job.type, priority: job.priority,
            resultTTL: job.resultTTL, tenant: job.tenant)
    }

    /// What fences a claim: only the newest token a store gave out for a job may extend or settle it.
    public struct Ticket: Sendable, Hashable {
        /// The job.
        public let id: JobID
        /// Grows with every claim a store hands out.
        public let token: UInt64
        /// The job's queue, so that a store finds its lane without reading the record.
        public let queue: String
        /// The job's type, likewise.
        public let type: String
        /// The job's priority, likewise.
        public let priority: Int
        /// How long the job is kept once done, likewise.
        public let resultTTL: Duration
        /// The job's tenant, likewise.
        public let tenant: String?

        /// A ticket.
        public init(
            id: JobID, token: UInt64, queue: String, type: String, priority: Int,
            resultTTL: Duration = JobDefaults.resultTTL, tenant: String? = nil
        ) {
            self.id = id
            self.token = token
            self.queue = queue
            self.type = type
            self.priority = priority
            self.resultTTL = resultTTL
            self.tenant = tenant
        }
    }
}

/// What an extend found.
public struct Extended: Sendable, Equatable {
    /// Tickets that no longer hold: another attempt owns the job, or it ended.
    public var lost: [Claim.Ticket]
    /// Tickets that hold and whose job somebody wants cancelled.
    public var cancelled: [Claim.Ticket]

    /// A finding.
    public init(lost: [Claim.Ticket] = [], cancelled: [Claim.Ticket] = []) {
        self.lost = lost
        self.cancelled = cancelled
    }
}
