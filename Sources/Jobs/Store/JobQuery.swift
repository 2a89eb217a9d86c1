/// Which jobs to list.
public struct JobQuery: Sendable, Equatable {
    /// Only jobs in this state.
    public var state: JobState?
    /// Only jobs of this type. With a type or a queue, stores search the newest 100,000 jobs.
    public var type: String?
    /// Only jobs of this queue.
    public var queue: String?
    /// How many matching jobs to pass over.
    public var offset: Int { didSet { offset = Self.clamped(offset: offset) } }
    /// How many to return, at most `JobQuery.maximumLimit`.
    public var limit: Int { didSet { limit = Self.clamped(limit: limit) } }

    /// The longest page.
    public static let maximumLimit = 200
    /// How many of the newest jobs a search by type or queue looks at.
    public static let searchWindow = 100_000

    /// A query; `offset` and `limit` are clamped.
    public init(state: JobState? = nil, type: String? = nil, queue: String? = nil, offset: Int = 0, limit: Int = 50) {
        self.state = state
        self.type = type
        self.queue = queue
        self.offset = Self.clamped(offset: offset)
        self.limit = Self.clamped(limit: limit)
    }

    private static func clamped(offset: Int) -> Int { min(max(0, offset), 1_000_000_000) }

    private static func clamped(limit: Int) -> Int { min(max(1, limit), maximumLimit) }

    /// Whether a filter names what cannot be: then nothing matches.
    public var isImpossible: Bool {
        !(type.map(JobName.isValid) ?? true) || !(queue.map(JobName.isValid) ?? true)
    }

    /// Whether the record passes the filters.
    public func matches(_ job: JobRecord) -> Bool {
        (state == nil || state == job.state) && (type == nil || type == job.type)
            && (queue == nil || queue == job.queue)
    }
}

/// A page of jobs, newest first.
public struct JobPage: Sendable, Equatable {
    /// The jobs.
    public var jobs: [JobRecord]
    /// How many jobs match in all; nil where only a search would tell.
    public var total: Int?

    /// A page.
    public init(jobs: [JobRecord], total: Int?) {
        self.jobs = jobs
        self.total = total
    }
}
