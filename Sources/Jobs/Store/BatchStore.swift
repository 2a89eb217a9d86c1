/// Groups of jobs that are watched together and followed by a completion job.
///
/// A batch is opened, filled by `enqueue` with jobs that name it, and closed. All three may be repeated. What follows it
/// starts when it is closed and every member has ended.
public protocol BatchStore: Sendable {
    /// Makes an open batch, unless it is there already. Its followers are accepted with it, scheduled, and wait.
    func openBatch(_ batch: NewBatch) async throws(StoreError)

    /// Closes a batch: no more members. Returns it; nil if there is none.
    func closeBatch(_ id: JobID) async throws(StoreError) -> BatchStatus?

    /// A batch; nil if there is none or its time is over: a batch is kept for a day after its last member ended, and a
    /// week when it was never closed.
    func batch(_ id: JobID) async throws(StoreError) -> BatchStatus?

    /// Ids of the members in the order they were enqueued, from `offset`, at most 500.
    func batchMembers(_ id: JobID, offset: Int, limit: Int) async throws(StoreError) -> [JobID]
}

/// A batch as a producer asks for it.
public struct NewBatch: Sendable, Equatable {
    /// Its id, made by the producer.
    public var id: JobID
    /// What a person calls it, at most 100 bytes of `JobName`.
    public var name: String?
    /// Starts when every member has ended, however.
    public var onComplete: NewJob?
    /// Starts when every member is done; cancelled when one failed or was cancelled.
    public var onSuccess: NewJob?

    /// A batch.
    public init(
        id: JobID = JobIDGenerator.shared.next(), name: String? = nil, onComplete: NewJob? = nil,
        onSuccess: NewJob? = nil
    ) {
        self.id = id
        self.name = name
        self.onComplete = onComplete
        self.onSuccess = onSuccess
    }
}

/// A batch as it is now.
public struct BatchStatus: Sendable, Equatable {
    /// Its id.
    public var id: JobID
    /// What a person calls it.
    public var name: String?
    /// When it was opened.
    public var openedAt: Timestamp
    /// Whether more members may come.
    public var isOpen: Bool
    /// Its members.
    public var total: Int
    /// Those that are done.
    public var done: Int
    /// Those that failed.
    public var failed: Int
    /// Those that were cancelled.
    public var cancelled: Int
    /// When the last member ended.
    public var finishedAt: Timestamp?
    /// The jobs that follow it.
    public var onComplete: JobID?
    /// See `onComplete`.
    public var onSuccess: JobID?

    /// Members that have not ended.
    public var pending: Int { max(0, total - done - failed - cancelled) }

    /// A new batch.
    public init(_ batch: NewBatch, openedAt: Timestamp) {
        id = batch.id
        name = batch.name
        self.openedAt = openedAt
        isOpen = true
        total = 0
        done = 0
        failed = 0
        cancelled = 0
        onComplete = batch.onComplete?.id
        onSuccess = batch.onSuccess?.id
    }
}
