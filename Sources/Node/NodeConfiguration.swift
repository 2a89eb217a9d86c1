public import RoostJobs

/// What a node may do, and how fast.
public struct NodeConfiguration: Sendable, Equatable {
    /// The member's name: at most 150 bytes, none of them white space or control characters.
    public var name: String
    /// Tells this run of the node from the ones before: up to 40 of `A–Z a–z 0–9 -`.
    public var incarnation: String
    /// The queues it takes jobs from, first come first: 1 to 100, each as `QueueShare` reads it. `media=2` gives a queue
    /// two slots that only its jobs use; queues without a number share `concurrency`.
    public var queues: [String]
    /// How many jobs of queues without a number may run at a time: 1 to 10,000.
    public var concurrency: Int
    /// The most jobs in one claim: 1 to 200.
    public var claimBatch: Int
    /// How long a claim waits for a job before it asks again: 0.01 s to 60 s.
    public var claimWait: Duration
    /// How long a claim holds unless extended: 0.1 s to an hour.
    public var lease: Duration
    /// How often leases are extended: 0.01 s to half a lease.
    public var extendEvery: Duration
    /// How often lost claims are looked for, ± 20 %: 0.01 s to an hour.
    public var sweep: Duration
    /// How often expired records are deleted, ± 20 %: 0.01 s to an hour.
    public var prune: Duration
    /// How long running jobs may take to end once the node shall stop: 0 to a day.
    public var drain: Duration
    /// How long the store may take to accept what is handed back at the end: 0 to an hour.
    public var handBack: Duration
    /// How often a job may take its worker down before it is a dead letter: 1 to 1,000.
    public var maxCrashes: Int
    /// How long to wait between attempts of types that do not say.
    public var retry: RetryPolicy
    /// How long the handler of a cancelled job may take to end before its outcome is recorded without it: 0 to an hour.
    public var cancelGrace: Duration
    /// How often the node says which queues and types it serves: 0.01 s to an hour.
    public var announceEvery: Duration
    /// How long that holds unless repeated: at least three times as long, to a day.
    public var announceTTL: Duration
    /// How many ended jobs the store keeps.
    public var retention: Retention
    /// Where the rules of time zones are, for periodic jobs.
    public var timeZones: String
    /// What it does for the store beside running jobs.
    public var upkeep = Upkeep.all

    /// How much of the store's maintenance a node does. Every part needs somebody in the cluster; more do no harm.
    public enum Upkeep: Sendable, Equatable {
        /// Everything.
        case all
        /// What keeps jobs moving: due jobs, lost claims, and the store's own work. Not periodic jobs, and no deleting
        /// of old records, which goes by settings that are a worker's.
        case moving
        /// Nothing: another node of this process does it.
        case none
    }

    /// A configuration with the system's defaults; `validated()` applies the limits.
    public init(
        name: String, incarnation: String = JobIDGenerator().next().description, queues: [String] = [JobDefaults.queue],
        concurrency: Int = NodeConfiguration.defaultConcurrency, claimBatch: Int = 200,
        claimWait: Duration = .seconds(5), lease: Duration = .seconds(15), extendEvery: Duration = .seconds(5),
        sweep: Duration = .seconds(2), prune: Duration = .seconds(2), drain: Duration = .seconds(25),
        handBack: Duration = .seconds(5), maxCrashes: Int = JobDefaults.maxCrashes, retry: RetryPolicy = RetryPolicy(),
        cancelGrace: Duration = .seconds(10), announceEvery: Duration = .seconds(5),
        announceTTL: Duration = .seconds(15), retention: Retention = Retention(),
        timeZones: String = TimeZoneRules.systemDirectory
    ) {
        self.name = name
        self.incarnation = incarnation
        self.queues = queues
        self.concurrency = concurrency
        self.claimBatch = claimBatch
        self.claimWait = claimWait
        self.lease = lease
        self.extendEvery = extendEvery
        self.sweep = sweep
        self.prune = prune
        self.drain = drain
        self.handBack = handBack
        self.maxCrashes = maxCrashes
        self.retry = retry
        self.cancelGrace = cancelGrace
        self.announceEvery = announceEvery
        self.announceTTL = announceTTL
        self.retention = retention
        self.timeZones = timeZones
    }
}
