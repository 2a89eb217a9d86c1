/// Periodic jobs. There is no leader: whoever sees that a slot is due tries to fire it, and the store lets one of them.
public protocol CronStore: Sendable {
    /// Makes or changes a periodic job; `next` is its first slot. Throws `.invalid` beyond `JobLimits.crons`.
    func putCron(_ cron: CronEntry, next: Timestamp) async throws(StoreError)

    /// Deletes one; false if there was none.
    func deleteCron(_ name: String) async throws(StoreError) -> Bool

    /// All of them, by name.
    func crons() async throws(StoreError) -> [CronStatus]

    /// At most `limit` that are due on the store's clock, earliest first; waits up to `wait` for one to come due.
    func dueCrons(limit: Int, wait: Duration) async throws(StoreError) -> DueCrons

    /// If the slot that `name` waits for is still `slot`, enqueues the jobs and has it wait for `next` (nil: never
    /// again), all in one step; otherwise does nothing and returns false. Quotas do not apply.
    func fireCron(_ name: String, slot: Timestamp, next: Timestamp?, jobs: [NewJob]) async throws(StoreError) -> Bool
}

/// A periodic job as a person defines it.
public struct CronEntry: Sendable, Equatable {
    /// Its name: see `JobName`.
    public var name: String
    /// When: 5 or 6 fields or a macro, at most 200 bytes; see `CronSchedule`.
    public var schedule: String
    /// The time zone its fields are read in, at most 64 bytes.
    public var timeZone: String
    /// What is done about slots nobody fired in time.
    public var catchUp: CatchUp
    /// Not fired while paused; slots that pass meanwhile are dropped.
    public var isPaused: Bool
    /// What each job is like; its id, start and batch are not used.
    public var job: NewJob

    /// What is done about slots nobody fired in time.
    public enum CatchUp: String, Sendable, CaseIterable {
        /// Slots missed by more than a minute are dropped.
        case skip
        /// The newest missed slot is fired.
        case latest
        /// All missed slots are fired, oldest first, at most 1,000 of them.
        case all
    }

    /// An entry.
    public init(
        name: String, schedule: String, timeZone: String = "UTC", catchUp: CatchUp = .latest, isPaused: Bool = false,
        job: NewJob
    ) {
        self.name = name
        self.schedule = schedule
        self.timeZone = timeZone
        self.catchUp = catchUp
        self.isPaused = isPaused
        self.job = job
    }
}

/// A periodic job as it is now.
public struct CronStatus: Sendable, Equatable {
    /// Its definition.
    public var entry: CronEntry
    /// The slot it waits for; nil: it never fires again.
    public var next: Timestamp?
    /// The slot that was fired last.
    public var last: Timestamp?

    /// A status.
    public init(entry: CronEntry, next: Timestamp?, last: Timestamp?) {
        self.entry = entry
        self.next = next
        self.last = last
    }
}

/// Periodic jobs that are due.
public struct DueCrons: Sendable, Equatable {
    /// The store's time.
    public var now: Timestamp
    /// The jobs, each with the slot it waits for.
    public var crons: [CronStatus]

    /// A finding.
    public init(now: Timestamp, crons: [CronStatus]) {
        self.now = now
        self.crons = crons
    }
}
