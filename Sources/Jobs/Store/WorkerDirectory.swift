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
    /// The queues it serves; none while it takes no jobs, because it drains.
    public var queues: [String]
    /// The types it handles; nil: any.
    public var types: Set<String>?
    /// Those of its queues whose jobs found no free slot when it said so.
    public var busy: Set<String>

    /// A notice.
    public init(worker: String, queues: [String], types: Set<String>?, busy: Set<String> = []) {
        self.worker = worker
        self.queues = queues
        self.types = types
        self.busy = busy
    }

    /// Whether it would take such a job.
    public func takes(type: String, queue: String) -> Bool {
        queues.contains(queue) && (types?.contains(type) ?? true)
    }
}

extension WaitReason {
    /// What the live workers' notices say about a queued job: that none takes it, or that all who do are busy; nil
    /// when somebody has room.
    public static func service(
        type: String, queue: String, workers: some Sequence<WorkerNotice>
    ) -> WaitReason? {
        var busy = 0
        for worker in workers where worker.takes(type: type, queue: queue) {
            if !worker.busy.contains(queue) { return nil }
            busy += 1
        }
        return busy == 0 ? .noWorker(type: type, queue: queue) : .busy(queue: queue, workers: busy)
    }
}
