/// Hears of what happens to jobs. What nobody listens to costs next to nothing.
public protocol JobWatch: Sendable {
    /// An element whenever something about the job may have changed (its state, its progress, its log), beginning once
    /// the watch stands: look then, and after each. Hints, which collapse into one for a slow reader, from whichever
    /// process made the change. Ends when the task is cancelled or the store closed.
    func changes(of id: JobID) -> AsyncStream<Void>

    /// Begins to keep the ends of all jobs in a feed, or ceases to and forgets them. Kept with the jobs, for the whole
    /// cluster.
    func keepEnds(_ isOn: Bool) async throws(StoreError)

    /// The oldest ends in the feed, the same again until they are forgotten; waits up to `wait` for the first one.
    /// Returns empty when the time is over or the task is cancelled. The feed holds `JobEnd.mostKept`; then the oldest go.
    func ends(limit: Int, wait: Duration) async throws(StoreError) -> [JobEnd]

    /// Forgets the ends up to this position.
    func forgetEnds(through position: String) async throws(StoreError)
}

/// The end of a job: done, dead letter or cancelled. A job that is replayed ends again.
public struct JobEnd: Sendable, Equatable {
    /// How many ends the feed keeps at most.
    public static let mostKept = 1_000_000

    /// Its place in the feed: opaque, but the same for the same end.
    public var position: String
    /// The job.
    public var id: JobID
    /// How it ended.
    public var state: JobState

    /// An end.
    public init(position: String, id: JobID, state: JobState) {
        self.position = position
        self.id = id
        self.state = state
    }
}
