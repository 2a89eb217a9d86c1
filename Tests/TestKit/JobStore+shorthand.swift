public import RoostJobs
public import Testing

extension JobStore {
    /// Enqueues one job, of type `t` into queue `q` unless told otherwise.
    @discardableResult
    public func enqueue1(
        type: String = "t", queue: String = "q", payload: [UInt8] = [], priority: Int = JobDefaults.priority,
        ttl: Duration = JobDefaults.resultTTL, start: NewJob.Start = .now, key: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> JobID {
        let job = NewJob(
            type: type, queue: queue, payload: payload, priority: priority, resultTTL: ttl, start: start, uniqueKey: key
        )
        let results = try await enqueue([job])
        #expect(results == [.accepted(job.id)], sourceLocation: sourceLocation)
        return job.id
    }

    /// Enqueues jobs that differ in nothing but their ids.
    public func enqueue(count: Int, queue: String = "q", ttl: Duration = JobDefaults.resultTTL) async throws -> [JobID]
    {
        let jobs = (0..<count).map { _ in NewJob(type: "t", queue: queue, payload: [], resultTTL: ttl) }
        return try await enqueue(jobs).compactMap(\.id)
    }

    /// Extends leases; returns the tickets that no longer hold.
    public func lost(_ tickets: [Claim.Ticket], lease: Duration) async throws -> [Claim.Ticket] {
        try await extend(tickets, lease: lease).lost
    }

    /// Prunes with the usual retention.
    public func prune(limit: Int) async throws -> Int { try await prune(limit: limit, retention: Retention()) }

    /// Claims what is there now.
    public func claims(
        _ limit: Int = 100, queues: [String] = ["q"], types: Set<String>? = nil, worker: String = "w",
        lease: Duration = .seconds(600)
    ) async throws -> [Claim] {
        try await claim(ClaimRequest(queues: queues, types: types, limit: limit, worker: worker, lease: lease))
    }

    /// Claims the job that must be there now.
    public func claim1(
        worker: String = "w", lease: Duration = .seconds(600), sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Claim {
        let claims = try await claims(1, worker: worker, lease: lease)
        return try #require(claims.first, "there is a job to claim", sourceLocation: sourceLocation)
    }

    /// Claims the job that must be there now and ends the attempt.
    @discardableResult
    public func attempt(
        _ outcome: Outcome, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Claim.Ticket {
        let ticket = try await claim1(sourceLocation: sourceLocation).ticket
        let settlement = try await settle(ticket, outcome)
        #expect(settlement == .settled, sourceLocation: sourceLocation)
        return ticket
    }

    /// The record that must be there.
    public func record(_ id: JobID, sourceLocation: SourceLocation = #_sourceLocation) async throws -> JobRecord {
        try #require(try await job(id), "the record is there", sourceLocation: sourceLocation)
    }

    /// Every listed job, page by page.
    public func all(_ query: JobQuery = JobQuery()) async throws -> [JobRecord] {
        var jobs: [JobRecord] = []
        while true {
            var page = query
            page.offset += jobs.count
            let more = try await list(page).jobs
            jobs += more
            if more.count < page.limit { return jobs }
        }
    }
}

extension Outcome {
    /// The result is `{}`.
    public static let done = Outcome.succeeded(result: Array("{}".utf8))
}

extension Claim.Ticket {
    /// This ticket with another token: one the store did not give out for this attempt.
    public func with(token: UInt64) -> Claim.Ticket {
        Claim.Ticket(id: id, token: token, queue: queue, type: type, priority: priority)
    }
}
