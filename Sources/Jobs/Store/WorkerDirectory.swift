/// Which workers are there and what they can do, so that a job nobody can run says so.
public protocol WorkerDirectory: Sendable {
    /// Says that a worker is there and what it can do; holds for `ttl` unless repeated.
    func announce(_ worker: WorkerNotice, ttl: Duration) async throws(StoreError)

    /// Takes a worker's notice back.
    func withdraw(worker: String) async throws(StoreError)

    /// Every notice that holds.
    func workers() async throws(StoreError) -> [WorkerNotice]
}

/// What a worker can do.
public struct WorkerNotice: Sendable, Equatable {
    /// Its name, as in its claims.
    public var worker: String
    /// The queues it serves.
    public var queues: [String]
    /// The types it handles; nil: any.
    public var types: Set<String>?

    /// A notice.
    public init(worker: String, queues: [String], types: Set<String>?) {
        self.worker = worker
        self.queues = queues
        self.types = types
    }

    /// Whether it would take such a job.
    public func takes(type: String, queue: String) -> Bool {
        queues.contains(queue) && (types?.contains(type) ?? true)
    }
}
