import Logging
public import RoostJobs
public import RoostRedis
import Synchronization

/// Jobs in Redis Streams, for as many processes as like to share them.
///
/// Every verb is one script on the server, so it happens whole or not at all and on the server's clock. Durable as the
/// server's append-only file is: `health()` says which.
public final class RedisStreamStore: JobStore {
    let client: RedisClient
    let configuration: RedisStreamStoreConfiguration
    let keys: RedisKeys
    let claimable = WakeSignal()
    let schedule = WakeSignal()
    let endsAdded = WakeSignal()
    let wishes = CancelWishes()
    let watchers = ChangeWatchers()
    /// Somebody watches one more job, or the subscription stands anew.
    let watching = WakeSignal()
    let facts = Mutex<RedisFacts?>(nil)
    private let isClosed = Atomic(false)
    private let enqueues: Batcher<EnqueueGroup, Result<[Enqueued], StoreError>>
    private let settles: Batcher<(Claim.Ticket, Outcome), Settlement>

    /// A store on a client that someone else shuts down.
    public init(client: RedisClient, configuration: RedisStreamStoreConfiguration = .init()) {
        self.client = client
        self.configuration = configuration
        let keys = RedisKeys(namespace: configuration.namespace)
        self.keys = keys
        let deadline = configuration.deadline
        enqueues = Batcher(limit: min(configuration.batch, 500), flights: 2) { groups throws(StoreError) in
            try await Self.enqueue(
                groups, client: client, keys: keys, batch: min(configuration.batch, 500), deadline: deadline)
        }
        settles = Batcher(limit: min(configuration.batch, 500), flights: 2) { items throws(StoreError) in
            try await Self.settle(items, client: client, keys: keys, deadline: deadline)
        }
    }

    public func enqueue(_ jobs: [NewJob]) async throws(StoreError) -> [Enqueued] {
        try StoreRequest.check(jobs)
        try checkOpen()
        guard !jobs.isEmpty else { return [] }
        if jobs.count > configuration.batch { try await checkBatches(of: jobs) }
        return try await enqueues.submit(jobs, weight: jobs.count).get()
    }

    /// Throws `.invalid` when a batch of a call too large for one script is not open: before anything is written.
    private func checkBatches(of jobs: [NewJob]) async throws(StoreError) {
        for id in Set(jobs.compactMap(\.batch)) {
            guard try await batch(id)?.isOpen ?? false else { throw StoreError(.invalid, "the batch is not open") }
        }
    }

    public func settle(_ ticket: Claim.Ticket, _ outcome: Outcome) async throws(StoreError) -> Settlement {
        try StoreRequest.check(outcome)
        try checkOpen()
        return try await settles.submit((ticket, outcome))
    }

    public func close() async {
        isClosed.store(true, ordering: .releasing)
        claimable.notify()
        schedule.notify()
        endsAdded.notify()
        watching.notify()
        wishes.close()
        watchers.close()
    }

    /// Throws once the store was closed.
    func checkOpen() throws(StoreError) {
        if isClosed.load(ordering: .acquiring) { throw StoreError(.closed, "the store was closed") }
    }

    /// Listens for wake-ups and keeps those who watch jobs known until cancelled; throws when the subscription breaks.
    public func run() async throws {
        let subscribed = WakeSignal()
        // Ends with the subscription.
        async let _: Void = keepWatching(from: subscribed)
        try await listen { subscribed.notify() }
    }

    func evaluate(
        _ script: RedisScript, _ arguments: (inout RedisCommand) -> Void
    ) async throws(StoreError) -> RedisValue {
        try checkOpen()
        return try await Self.evaluate(
            script, client: client, keys: keys, deadline: configuration.deadline, arguments: arguments)
    }

    static func evaluate(
        _ script: RedisScript, client: RedisClient, keys: RedisKeys, deadline: Duration,
        arguments: (inout RedisCommand) -> Void
    ) async throws(StoreError) -> RedisValue {
        do throws(RedisError) {
            return try await client.evaluate(script, keys: [keys.base], deadline: deadline, arguments: arguments)
        } catch {
            throw StoreError(error, doing: script.name)
        }
    }
}
