/// Which jobs to list. Everything that is given must hold.
///
/// Without tags and terms a store looks at the newest `searchWindow` jobs (of the state, where it is an ended one); with
/// them, at as many of those that have the rarest.
public struct JobQuery: Sendable, Equatable {
    /// Only jobs in this state.
    public var state: JobState?
    /// Only jobs of this type.
    public var type: String?
    /// Only jobs of this queue.
    public var queue: String?
    /// Only jobs of this tenant.
    public var tenant: String?
    /// Only jobs with this tag, of queues that are searchable.
    public var tag: String?
    /// Only jobs that this worker runs or ran last.
    public var worker: String?
    /// Only jobs whose last error contains this text; upper and lower case of A to Z are the same.
    public var error: String?
    /// Only jobs whose searchable fields have these values, of queues that are searchable.
    public var terms: [String: String]
    /// Only jobs older than this one: where the page before ended, see `JobPage.next`.
    public var olderThan: JobID?
    /// Only jobs given at this moment or later, by their ids: to the millisecond, on the clock of whoever made the id.
    public var since: Timestamp?
    /// Only jobs given before this moment, likewise.
    public var until: Timestamp?
    /// How many matching jobs to pass over.
    public var offset: Int { didSet { offset = Self.clamped(offset: offset) } }
    /// How many to return, at most `JobQuery.maximumLimit`.
    public var limit: Int { didSet { limit = Self.clamped(limit: limit) } }

    /// The longest page.
    public static let maximumLimit = 200
    /// How many of the newest jobs a search looks at.
    public static let searchWindow = 100_000

    /// A query; `offset` and `limit` are clamped.
    public init(
        state: JobState? = nil, type: String? = nil, queue: String? = nil, tag: String? = nil, worker: String? = nil,
        error: String? = nil, terms: [String: String] = [:], olderThan: JobID? = nil, since: Timestamp? = nil,
        until: Timestamp? = nil, offset: Int = 0, limit: Int = 50
    ) {
        self.state = state
        self.type = type
        self.queue = queue
        self.tag = tag
        self.worker = worker
        self.error = error
        self.terms = terms
        self.olderThan = olderThan
        self.since = since
        self.until = until
        self.offset = Self.clamped(offset: offset)
        self.limit = Self.clamped(limit: limit)
    }

    private static func clamped(offset: Int) -> Int { min(max(0, offset), 1_000_000_000) }

    private static func clamped(limit: Int) -> Int { min(max(1, limit), maximumLimit) }
}

/// A page of jobs, newest first.
public struct JobPage: Sendable, Equatable {
    /// The jobs.
    public var jobs: [JobRecord]
    /// How many jobs match in all, whatever `olderThan` and the offset; nil where only a search would tell. Known for
    /// every job, for those in a state, and for those with one tag or one searchable field.
    public var total: Int?
    /// The `olderThan` of the next page; nil when nothing follows. After a search that reached the end of what it looks
    /// at, it goes on there.
    public var next: JobID?

    /// A page.
    public init(jobs: [JobRecord], total: Int?, next: JobID? = nil) {
        self.jobs = jobs
        self.total = total
        self.next = next
    }
}
