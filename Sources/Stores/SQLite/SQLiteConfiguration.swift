/// What an SQLite store may use, with defaults for one machine.
public struct SQLiteConfiguration: Sendable {
    /// Who opens the file, as a second process that is refused reads it. Default: `roost`.
    public var owner: String
    /// The longest wait for a lock of SQLite's own; a backup tool may hold one. Default: 5 s.
    public var busyTimeout: Duration
    /// The most calls one transaction carries. Default: 1,000.
    public var operationsPerCommit: Int
    /// The most jobs one transaction carries, unless a single call brings more. Default: 10,000.
    public var jobsPerCommit: Int
    /// Calls that may wait for a thread before further ones are refused as unavailable. Default: 65,536.
    public var waitingOperations: Int
    /// The longest a search may take before it is given up as unavailable. Default: 2 s.
    public var readTimeout: Duration
    /// Pages in the write-ahead log after which a commit also copies them into the file. Default: 4,000 (16 MiB).
    public var checkpointPages: Int
    /// How often, at most, a commit also empties the write-ahead log. Default: 60 s.
    public var truncateInterval: Duration
    /// Memory for the writer's page cache, in bytes. Default: 32 MiB.
    public var cacheBytes: Int
    /// A file larger than this many bytes is not searched for damage when it is opened. Default: 1 GiB.
    public var checkedBytes: Int
    /// The most pages of 4 KiB the file may grow to; nil: as the disk allows.
    public var maximumPages: Int?

    /// The defaults.
    public init() {
        owner = "roost"
        busyTimeout = .seconds(5)
        operationsPerCommit = 1000
        jobsPerCommit = 10_000
        waitingOperations = 65_536
        readTimeout = .seconds(2)
        checkpointPages = 4000
        truncateInterval = .seconds(60)
        cacheBytes = 32 << 20
        checkedBytes = 1 << 30
        maximumPages = nil
    }
}
