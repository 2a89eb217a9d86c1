/// What a reclaim did.
public struct Reclaimed: Sendable, Equatable {
    /// Queued again.
    public var requeued: [JobID]
    /// Made dead letters, because they took their worker down too often.
    public var dead: [JobID]
    /// Ended, because somebody had cancelled them while they ran.
    public var cancelled: [JobID]

    /// A result.
    public init(requeued: [JobID] = [], dead: [JobID] = [], cancelled: [JobID] = []) {
        self.requeued = requeued
        self.dead = dead
        self.cancelled = cancelled
    }

    /// How many claims were taken back.
    public var count: Int { requeued.count + dead.count + cancelled.count }

    /// Whether nothing was reclaimed.
    public var isEmpty: Bool { count == 0 }
}
