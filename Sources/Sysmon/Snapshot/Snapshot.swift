public import RoostJobs

/// What is going on in a cluster at one moment: everything the terminal and the console show.
///
/// Its JSON has snake-case keys; fields may be added, never removed. Times are microseconds since 1970, ages seconds.
public struct Snapshot: Codable, Sendable, Equatable {
    /// Grows with each snapshot of one source; starts at 1.
    public var sequence: Int
    /// The cluster's name.
    public var cluster: String
    /// When this was taken, microseconds since 1970.
    public var time: Int64
    /// Time between two snapshots, seconds.
    public var interval: Double
    /// Where jobs rest.
    public var store: StoreStatus
    /// Where members find one another.
    public var registry: RegistryStatus
    /// The members, by name.
    public var nodes: [NodeStatus]
    /// The queues, by name.
    public var queues: [QueueStatus]
    /// Jobs by state over all queues.
    public var totals: StateCounts
    /// Sums since the store was made; they only grow.
    public var counters: StoreCounts.Totals
    /// Jobs per second.
    public var rates: Rates
    /// The last events, oldest first.
    public var events: [SysmonEvent]
    /// What did not fit into the limits.
    public var hidden: Hidden

    /// How much was left out.
    public struct Hidden: Codable, Sendable, Equatable {
        /// Members not listed.
        public var nodes = 0
        /// Queues not listed; their jobs are in the totals.
        public var queues = 0
    }

    /// Members in a state, of those listed.
    public func count(_ state: NodeState) -> Int { nodes.reduce(0) { $0 + ($1.state == state ? 1 : 0) } }

    /// Members that belong to the cluster now: all but those that said goodbye.
    public var presentNodes: [NodeStatus] { nodes.filter { $0.state != .left } }

    /// Slots of the members that run jobs, and how many are taken.
    public var slots: (busy: Int, all: Int) {
        nodes.reduce((0, 0)) { sum, node in
            node.state == .up || node.state == .draining ? (sum.0 &+ node.busy, sum.1 &+ node.slots) : sum
        }
    }

    /// When the store's numbers were true, if they are old.
    public var staleSince: Timestamp? { store.staleSince.map { Timestamp(microseconds: $0) } }
}
