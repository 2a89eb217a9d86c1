/// A pool at one moment.
struct PoolSnapshot: Sendable {
    let slots: Int
    let busy: Int
    let stuck: Int
    let isDraining: Bool
    let counters: NodeCounters
    /// Longest first.
    let running: [Attempt]

    init(_ table: AttemptTable, isDraining: Bool) {
        slots = table.capacity
        busy = table.busy
        stuck = table.stuck
        self.isDraining = isDraining
        counters = table.counters
        running = Array(table.running.prefix(NodeStatus.maximumRunning))
    }
}
