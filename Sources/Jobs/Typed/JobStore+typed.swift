extension JobStore {
    /// Accepts a job written as a type.
    ///
    /// ```swift
    /// let thumbnail = try await store.enqueue(Thumbnail(source: "a.jpg")) { $0.start = .after(.seconds(60)) }
    /// let size = try await thumbnail.value(timeout: .seconds(90))
    /// ```
    ///
    /// May be repeated after a lost reply when `change` gives the job an id of the caller's.
    /// - Parameter change: sets what its type's options do not say: a time, a unique key, a tenant, tags, parents, a batch.
    /// - Returns: the job that stands for the request: this one, or the one that a unique or idempotency key belongs to.
    /// - Throws: `NewJob.Issue` for a job beyond a limit; `EnqueueError` when the store does not accept it; `StoreError`,
    ///   after whose `.unknown` it may have been accepted; what `change` throws.
    @discardableResult
    public func enqueue<J: Job>(
        _ job: J, _ change: (inout NewJob) throws -> Void = { _ in }
    ) async throws -> JobHandle<J.Output> {
        var new = try NewJob(job)
        try change(&new)
        return try await handles(for: [new.validated()])[0]
    }

    /// Accepts many jobs of a type in one call: at most `JobLimits.batch`.
    /// - Parameter change: is called for each.
    /// - Returns: what stands for each, in order.
    /// - Throws: as for one job. After an `EnqueueError` the others of the call were accepted: to be told of each, give
    ///   `NewJob`s.
    @discardableResult
    public func enqueue<J: Job>(
        _ jobs: [J], _ change: (inout NewJob) throws -> Void = { _ in }
    ) async throws -> [JobHandle<J.Output>] {
        var new: [NewJob] = []
        new.reserveCapacity(jobs.count)
        for job in jobs {
            var one = try NewJob(job)
            try change(&one)
            new.append(try one.validated())
        }
        return try await handles(for: new)
    }

    /// Accepts checked jobs; as many handles as jobs, in order.
    private func handles<Output>(for jobs: [NewJob]) async throws -> [JobHandle<Output>] {
        guard !jobs.isEmpty else { return [] }
        let results = try await enqueue(jobs)
        guard results.count == jobs.count else { throw StoreError(.unknown, "the store told of too few jobs") }
        return try results.map { result throws(EnqueueError) in
            switch result {
            case .accepted(let id): JobHandle(id, in: self)
            case .repeated(let id), .existing(let id): JobHandle(id, in: self, isExisting: true)
            case .mismatched(let id): throw .mismatched(id)
            case .full(let queue): throw .full(queue: queue)
            }
        }
    }
}

/// Why a store did not accept a job that is otherwise fine.
public enum EnqueueError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Its idempotency key stands for another request, which made this job.
    case mismatched(JobID)
    /// As many jobs wait in its queue as may: try again later.
    case full(queue: String)

    /// The same in a sentence.
    public var description: String {
        switch self {
        case .mismatched(let id): "the idempotency key stands for another request, which made job \(id)"
        case .full(let queue): "as many jobs wait in queue \(queue) as may"
        }
    }
}
