public import RoostJobs
public import RoostSupervision

/// What a node is doing, for heartbeats and consoles.
public struct NodeStatus: Sendable, Equatable {
    /// How many running jobs a status names at most.
    public static let maximumRunning = 200

    /// How many jobs may run at a time, in all pools.
    public let slots: Int
    /// How many slots are taken: running, being settled, or stuck.
    public let busy: Int
    /// Handlers that still run although their attempt is over; each keeps its slot.
    public let stuck: Int
    /// How attempts ended.
    public let counters: NodeCounters
    /// Whether the node claims no more: quiet, or on its way down.
    public let isDraining: Bool
    /// How the node's loops are doing.
    public let duties: [DutyStatus]
    /// The types it handles, in order; nil: any.
    public let types: [String]?
    /// The jobs that run, longest first, at most `maximumRunning`.
    public let running: [RunningJob]
    /// The pools they run in, the shared one first.
    public let pools: [Pool]

    /// The slots of some queues.
    public struct Pool: Sendable, Equatable {
        /// What it is called: the queue it is for, or `PoolPlan.shared`.
        public let name: String
        /// The queues it takes jobs from.
        public let queues: [String]
        /// How many of their jobs run at a time.
        public let concurrency: Int
        /// How many slots are taken: running, being settled, or stuck.
        public let busy: Int
    }

    /// A job on a node.
    public struct RunningJob: Sendable, Equatable {
        /// The job.
        public let id: JobID
        /// Its type.
        public let type: String
        /// The queue it came from.
        public let queue: String
        /// When its attempt started, by the node's wall clock.
        public let since: Timestamp
    }
}
