import Logging
public import RoostJobs
public import RoostRedis
import Synchronization

/// Jobs in Redis Streams, for as many processes as like to share them.
///
/// Every verb is one script on the server, so it happens whole or not at all and on the server's clock. Durable as the
/// server's append-only file is: `health()` says which.
public final class RedisStreamStore: JobStore {
    let link: StoreLink
    let configuration: RedisStreamStoreConfiguration
    var client: RedisClient { link.client }
    var keys: RedisKeys { link.keys }
    let claimable: WaitingRoom<WaitingClaim>
    let schedule = WakeSignal()
    let endsAdded = WakeSignal()
    let wishes = CancelWishes()
    let watchers = ChangeWatchers()
    /// Somebody watches one more job, or the subscription stands anew.
    let watching = WakeSignal()
    let facts = Mutex<RedisFacts?>(nil)
    private let isClosed = Atomic(false)
    private let enqueues: Batcher<EnqueueGroup, Result<[Enqueued], StoreError>>
    private let settles: Batcher<AttemptEnd, Settlement>
    /// Shared by all who ask for jobs one by one.
    let looks: Batcher<JobID, StoreLink.Look>

    /// A store on a client that someone else shuts down.
    public init(client: RedisClient, configuration: RedisStreamStoreConfiguration = .init()) {
        let link = StoreLink(
            client: client, keys: RedisKeys(namespace: configuration.namespace), deadline: configuration.deadline)
        let batch = min(configuration.batch, 500)
        let claimable = WaitingRoom<WaitingClaim>()
        self.link = link
        self.configuration = configuration
        self.claimable = claimable
        let shared = link.uncancelled
        enqueues = Batcher(limit: batch, flights: 2) { groups throws(StoreError) in
            try await shared.enqueue(groups, batch: batch) { claimable.hint($0) }
        }
        settles = Batcher(limit: batch, flights: 2) { items throws(StoreError) in
            try await shared.settle(items)
        }
        // One: of the time of a look most is the way to the server, which more go together.
        looks = Batcher(limit: 100, flights: 1) { ids throws(StoreError) in try await shared.details(ids) }
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
        return try await settles.submit(AttemptEnd(ticket, outcome))
    }

    public func settle(_ ends: [AttemptEnd]) async throws(StoreError) -> [Settlement] {
        for end in ends { try StoreRequest.check(end.outcome) }
        try checkOpen()
        var settlements: [Settlement] = []
        var rest = ends[...]
        while !rest.isEmpty {
            settlements += try await link.uncancelled.settle(Array(rest.prefix(configuration.batch)))
            rest = rest.dropFirst(configuration.batch)
        }
        return settlements
    }

    public func close() async {
        isClosed.store(true, ordering: .releasing)
        for claim in claimable.change().guests { claim.dismiss() }
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
        return try await link.evaluate(script, arguments)
    }

    func send(_ command: RedisCommand) async throws(StoreError) -> RedisValue {
        try checkOpen()
        return try await link.send(command)
    }
}
