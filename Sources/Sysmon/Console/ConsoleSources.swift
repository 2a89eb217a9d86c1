public import RoostJobs

/// What the console shows beside what it asks the API for.
public struct ConsoleSources: Sendable {
    /// What is going on.
    public var snapshots: SnapshotFeed
    /// Changes of one job, for the page that shows it; nil: such a page looks again with each snapshot.
    public var changes: (@Sendable (JobID) -> AsyncStream<Void>)?
    /// Whom the members are connected to; nil when nobody can say.
    public var links: (@Sendable () async -> [MemberLinks])?

    /// The newest jobs that are done, a hundred or so, of which it is told how long they waited and ran; nil: it is not.
    public var done: (@Sendable () async throws -> [JobRecord])?

    /// Sources of which only the feed is known.
    public init(snapshots: SnapshotFeed) { self.snapshots = snapshots }
}
