/// How many ended jobs are kept, beside the time each may be kept: the oldest go first. A job's parents stay until it has
/// ended, however many there are.
public struct Retention: Sendable, Equatable {
    /// Jobs that are done.
    public var done: Int
    /// Dead letters.
    public var failed: Int
    /// Cancelled jobs.
    public var cancelled: Int

    /// Numbers to keep; negative ones count as nothing.
    public init(done: Int = 1_000_000, failed: Int = 100_000, cancelled: Int = 100_000) {
        self.done = max(0, done)
        self.failed = max(0, failed)
        self.cancelled = max(0, cancelled)
    }

    /// The number for a state that jobs end in; nil for the others.
    public subscript(state: JobState) -> Int? {
        switch state {
        case .done: done
        case .failed: failed
        case .cancelled: cancelled
        case .scheduled, .queued, .running: nil
        }
    }
}
