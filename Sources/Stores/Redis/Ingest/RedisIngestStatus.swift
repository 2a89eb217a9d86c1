/// What an ingest has done since it was made.
public struct RedisIngestStatus: Sendable, Equatable {
    /// Entries that became jobs, or were jobs already.
    public var accepted = 0
    /// Entries that became dead letters because they were no jobs.
    public var buried = 0
    /// Why the last step failed; nil once one succeeded again.
    public var failure: String?

    /// Nothing yet.
    public init() {}
}
