/// Where jobs rest. The seam between the engine and memory, SQLite or Redis: small, batch first, leased and fenced.
///
/// Every function is atomic: it happened whole or, when it threw, the caller may not know (`StoreError.Code.unknown`)
/// or knows that it did not happen. All of them may be repeated: enqueue by id, extend and settle by ticket.
/// A store uses its own clock (a server store the server's) for every time it compares.
public protocol JobStore: Sendable {
    /// Accepts jobs; returns one result each, in order. When it returns, the jobs are as durable as the store is.
    func enqueue(_ jobs: [NewJob]) async throws(StoreError) -> [Enqueued]

    /// Hands out at most `limit` queued jobs, by priority band; waits up to `request.wait` for the first one, woken by
    /// the event that makes a job claimable. Returns empty when the time is over or the task is cancelled.
    func claim(_ request: ClaimRequest) async throws(StoreError) -> [Claim]

    /// Lets the claims hold for another `lease` from now; returns the tickets that no longer hold.
    func extend(_ tickets: [Claim.Ticket], lease: Duration) async throws(StoreError) -> [Claim.Ticket]

    /// Records how an attempt ended. Concurrent calls share a round trip or a commit.
    func settle(_ ticket: Claim.Ticket, _ outcome: Outcome) async throws(StoreError) -> Settlement

    /// Queues scheduled jobs whose time has come, at most `limit`; waits up to `wait` for one to come due.
    func promoteDue(limit: Int, wait: Duration) async throws(StoreError) -> Int

    /// Takes back at most `limit` claims whose lease ran out: queued again, or dead after `maxCrashes`.
    func reclaim(limit: Int, maxCrashes: Int) async throws(StoreError) -> Reclaimed

    /// Deletes at most `limit` records whose time is over, with their index entries and counts; returns how many.
    func prune(limit: Int) async throws(StoreError) -> Int

    /// The job, unless it never was or its time is over.
    func job(_ id: JobID) async throws(StoreError) -> JobRecord?

    /// The job that took a unique key last, also when it failed or was cancelled, until its time is over.
    func job(uniqueKey: String) async throws(StoreError) -> JobRecord?

    /// A page of jobs, newest first.
    func list(_ query: JobQuery) async throws(StoreError) -> JobPage

    /// How many jobs are in each state, from counters.
    func counts() async throws(StoreError) -> StoreCounts

    /// What the store is and whether it answers now. Never throws; answers within a second.
    func health() async -> StoreHealth

    /// Whatever the store must do all the time (listen for wake-ups, for example); returns when cancelled. A store that
    /// needs nothing waits. Throws when that work broke: call it again.
    func run() async throws

    /// Lets go of files and connections; later calls throw `StoreError.Code.closed`.
    func close() async
}

/// What became of one job of an enqueue.
public enum Enqueued: Sendable, Equatable {
    /// Accepted now, or by an earlier call with the same id.
    case accepted(JobID)
    /// Not accepted, because this job holds the unique key.
    case existing(JobID)

    /// The id of the job that stands for the request.
    public var id: JobID {
        switch self {
        case .accepted(let id), .existing(let id): id
        }
    }
}

/// What a reclaim did.
public struct Reclaimed: Sendable, Equatable {
    /// Queued again.
    public var requeued: [JobID]
    /// Made dead letters, because they took their worker down too often.
    public var dead: [JobID]

    /// A result.
    public init(requeued: [JobID] = [], dead: [JobID] = []) {
        self.requeued = requeued
        self.dead = dead
    }

    /// Whether nothing was reclaimed.
    public var isEmpty: Bool { requeued.isEmpty && dead.isEmpty }
}
