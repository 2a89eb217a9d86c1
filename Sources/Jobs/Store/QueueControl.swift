/// What a person or another program does to queues. Settings are kept with the jobs and hold for the whole cluster.
public protocol QueueControl: Sendable {
    /// Changes the settings of a queue, or those of all together (`QueueSettings.all`); returns what holds now.
    func setQueue(_ name: String, _ change: QueueChange) async throws(StoreError) -> QueueSettings

    /// Every queue that has jobs or settings, by name; `QueueSettings.all` when it has settings.
    func queues() async throws(StoreError) -> [QueueStatus]
}

/// What holds for one queue in the whole cluster.
public struct QueueSettings: Sendable, Equatable {
    /// The name that stands for all queues together, in `setQueue`: `pause`, `concurrency` and `rate` then hold for all
    /// jobs of the namespace.
    public static let all = "*"

    /// No job of it starts. What runs goes on.
    public var isPaused = false
    /// So many of its jobs run at once at most; 1 to 100,000.
    public var concurrency: Int?
    /// So many of its jobs start in a time at most.
    public var rate: RateLimit?
    /// `concurrency` of each tenant.
    public var tenantConcurrency: Int?
    /// `rate` of each tenant.
    public var tenantRate: RateLimit?
    /// So many of its jobs may wait, scheduled ones included; more are refused. nil: `JobLimits.queueQuota`.
    public var quota: Int?
    /// Whether its jobs are found by tags and searchable fields. Holds for jobs given from then on: where it is off,
    /// they cost the index nothing.
    public var isSearchable = true

    /// No settings.
    public init() {}

    /// Whether nothing is set.
    public var isEmpty: Bool { self == QueueSettings() }

    /// Whether starting a job asks for more than a look at `isPaused`.
    public var isLimited: Bool { concurrency != nil || rate != nil || tenantConcurrency != nil || tenantRate != nil }
}

/// At most `count` starts in any span of `period`: a sliding window, exact to the microsecond.
public struct RateLimit: Sendable, Equatable {
    /// Starts; 1 to `JobLimits.rateCount`.
    public var count: Int
    /// The span; 1 ms to a day.
    public var period: Duration

    /// A limit.
    public init(count: Int, period: Duration) {
        self.count = count
        self.period = period
    }
}

/// What to change of a queue's settings; what is nil stays.
public struct QueueChange: Sendable, Equatable {
    /// Pause or resume.
    public var isPaused: Bool?
    /// A limit, or `.some(nil)` for none.
    public var concurrency: Int??
    /// A limit, or `.some(nil)` for none.
    public var rate: RateLimit??
    /// A limit, or `.some(nil)` for none.
    public var tenantConcurrency: Int??
    /// A limit, or `.some(nil)` for none.
    public var tenantRate: RateLimit??
    /// A quota, or `.some(nil)` for the usual one.
    public var quota: Int??
    /// Whether jobs given from now on are found by tags and searchable fields.
    public var isSearchable: Bool?

    /// No change.
    public init() {}

    /// Pauses.
    public static var pause: QueueChange { with { $0.isPaused = true } }

    /// Resumes.
    public static var resume: QueueChange { with { $0.isPaused = false } }

    /// A change made by a closure.
    public static func with(_ make: (inout QueueChange) -> Void) -> QueueChange {
        var change = QueueChange()
        make(&change)
        return change
    }

    /// The settings with this change made to them.
    public func applied(to settings: QueueSettings) -> QueueSettings {
        var settings = settings
        if let isPaused { settings.isPaused = isPaused }
        if let concurrency { settings.concurrency = concurrency }
        if let rate { settings.rate = rate }
        if let tenantConcurrency { settings.tenantConcurrency = tenantConcurrency }
        if let tenantRate { settings.tenantRate = tenantRate }
        if let quota { settings.quota = quota }
        if let isSearchable { settings.isSearchable = isSearchable }
        return settings
    }

    /// What keeps the change from being made, for the queue `name`.
    public func issues(queue name: String) -> [NewJob.Issue] {
        var issues: [NewJob.Issue] = []
        func check(_ isFine: Bool, _ path: String, _ message: String) {
            if !isFine { issues.append(.init(path: path, message: message)) }
        }
        func check(_ rate: RateLimit??, _ path: String) {
            guard let rate, let rate else { return }
            check(
                (1...JobLimits.rateCount).contains(rate.count), "\(path).count", "must be 1 to \(JobLimits.rateCount)")
            check(
                rate.period >= .milliseconds(1) && rate.period <= .seconds(86_400), "\(path).period",
                "must be 0.001 s to a day")
        }
        func check(_ number: Int??, _ path: String, _ most: Int) {
            guard let number, let number else { return }
            check((1...most).contains(number), path, "must be 1 to \(most)")
        }
        check(name == QueueSettings.all || JobName.isValid(name), "queue", "is no name of a queue")
        check(concurrency, "concurrency", 100_000)
        check(tenantConcurrency, "tenant_concurrency", 100_000)
        check(quota, "quota", 1_000_000_000)
        check(rate, "rate")
        check(tenantRate, "tenant_rate")
        if name == QueueSettings.all {
            check(
                (tenantConcurrency ?? nil) == nil && (tenantRate ?? nil) == nil, "queue", "all queues have no tenants")
            check((quota ?? nil) == nil, "quota", "is set for one queue")
            check(isSearchable == nil, "searchable", "is set for one queue")
        }
        return issues
    }
}

/// A queue as it is now.
public struct QueueStatus: Sendable, Equatable {
    /// Its name.
    public var name: String
    /// What holds for it.
    public var settings: QueueSettings
    /// Its jobs by state.
    public var counts: [JobState: Int]
    /// Since when its first waiting job has waited; nil when none does. For many lanes an estimate: the oldest head.
    public var oldest: Timestamp?

    /// A status.
    public init(name: String, settings: QueueSettings, counts: [JobState: Int], oldest: Timestamp?) {
        self.name = name
        self.settings = settings
        self.counts = counts
        self.oldest = oldest
    }
}
