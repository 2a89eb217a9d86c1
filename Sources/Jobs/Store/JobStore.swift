/// Where jobs rest. The seam between the engine and memory, SQLite or Redis: small, batch first, leased and fenced.
///
/// Every function is atomic: it happened whole or, when it threw, the caller may not know (`StoreError.Code.unknown`)
/// or knows that it did not happen. All of them may be repeated: enqueue by id, extend and settle by ticket.
/// A store uses its own clock (a server store the server's) for every time it compares.
public protocol JobStore:
    JobControl, QueueControl, AttemptNotes, WorkerDirectory, CronStore, BatchStore, StoreRepair, JobWatch, DocumentStore
{
    /// Accepts jobs; returns one result each, in order. When it returns, the jobs are as durable as the store is.
    ///
    /// A job with parents starts when they have ended; one whose parent failed or is not there is accepted and
    /// cancelled, unless its rule says otherwise.
    func enqueue(_ jobs: [NewJob]) async throws(StoreError) -> [Enqueued]

    /// Hands out at most `limit` queued jobs, by priority band; waits up to `request.wait` for the first one, woken by
    /// the event that makes a job claimable. Returns empty when the time is over or the task is cancelled.
    func claim(_ request: ClaimRequest) async throws(StoreError) -> [Claim]

    /// Lets the claims hold for another `lease` from now; says which no longer hold and which are to be cancelled.
    func extend(_ tickets: [Claim.Ticket], lease: Duration) async throws(StoreError) -> Extended

    /// Records how an attempt ended. Concurrent calls share a round trip or a commit.
    ///
    /// An outcome that would have the job run again is recorded as cancelled when somebody cancelled it meanwhile.
    func settle(_ ticket: Claim.Ticket, _ outcome: Outcome) async throws(StoreError) -> Settlement

    /// Records how some attempts ended; what became of each, in order. When it throws, any of them may have been recorded.
    func settle(_ ends: [AttemptEnd]) async throws(StoreError) -> [Settlement]

    /// Moves on what time or other jobs decide, at most `limit` jobs: queues scheduled jobs whose time has come, ends
    /// those past `startBy` or their deadline, lets go of the children and counts the members of batches that ended.
    /// Waits up to `wait` for something to do; returns how many jobs were moved.
    func promoteDue(limit: Int, wait: Duration) async throws(StoreError) -> Int

    /// Takes back at most `limit` claims whose lease ran out: queued again, dead after `maxCrashes`, or cancelled when
    /// somebody asked for it.
    func reclaim(limit: Int, maxCrashes: Int) async throws(StoreError) -> Reclaimed

    /// Takes back at most `limit` claims of a worker that is known to be dead, whatever their lease. Call again until
    /// nothing is returned. The caller vouches for the death: see `RoostCluster`'s failure detection.
    func reclaim(worker: String, limit: Int, maxCrashes: Int) async throws(StoreError) -> Reclaimed

    /// Deletes at most `limit` records whose time is over or that `retention` does not keep, oldest first, with their
    /// index entries and counts; returns how many.
    func prune(limit: Int, retention: Retention) async throws(StoreError) -> Int

    /// The job, unless it never was or its time is over.
    func job(_ id: JobID) async throws(StoreError) -> JobRecord?

    /// The job with its notes, parents and what it waits for, unless it never was or its time is over. Concurrent calls
    /// share a round trip.
    func details(_ id: JobID) async throws(StoreError) -> JobDetails?

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

extension JobStore {
    /// One after the other, for stores that have no better way.
    public func settle(_ ends: [AttemptEnd]) async throws(StoreError) -> [Settlement] {
        var settlements: [Settlement] = []
        for end in ends { settlements.append(try await settle(end.ticket, end.outcome)) }
        return settlements
    }
}
