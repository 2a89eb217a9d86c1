public import RoostJobs
public import Testing

extension JobStore {
    /// Enqueues one job after changing it.
    @discardableResult
    public func enqueue1(
        start: NewJob.Start = .now, type: String = "t", ttl: Duration = JobDefaults.resultTTL,
        sourceLocation: SourceLocation = #_sourceLocation, _ change: (inout NewJob) -> Void
    ) async throws -> JobID {
        var job = NewJob(type: type, queue: "q", payload: [], resultTTL: ttl, start: start)
        change(&job)
        #expect(try await enqueue([job]) == [.accepted(job.id)], sourceLocation: sourceLocation)
        return job.id
    }

    /// Enqueues jobs of one tenant.
    @discardableResult
    public func enqueue(tenant: String, count: Int, queue: String = "q") async throws -> [JobID] {
        let jobs = (0..<count).map { _ in
            var job = NewJob(type: "t", queue: queue, payload: [])
            job.tenant = tenant
            return job
        }
        return try await enqueue(jobs).compactMap(\.id)
    }

    /// Enqueues members of a batch.
    public func enqueue(batch: JobID, count: Int) async throws -> [JobID] {
        let jobs = (0..<count).map { _ in
            var job = NewJob(type: "t", queue: "q", payload: [])
            job.batch = batch
            return job
        }
        return try await enqueue(jobs).compactMap(\.id)
    }
}
