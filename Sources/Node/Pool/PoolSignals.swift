/// What wakes those who look after a node's pools. One set for all of them.
struct PoolSignals: Sendable {
    /// Notified when a deadline comes before the one that is waited for.
    let rearmed: Event
    /// Notified when, while draining, a pool's last outcome was settled and its claim loop has ended.
    let idle: Event
    /// Notified when somebody may want a running job cancelled.
    let hinted: Event
    /// Notified when pools begin or cease to take jobs.
    let serving: Event

    init(_ executor: ThreadExecutor) {
        rearmed = Event(executor)
        idle = Event(executor)
        hinted = Event(executor)
        serving = Event(executor)
    }
}
