extension JobContext {
    /// Enqueues a job from a handler: a child, a part of the work. It belongs to this job's tenant and trace.
    ///
    /// A handler may run more than once. With a name, whichever attempt comes first enqueues the job, and the others are
    /// given the same one, for `IdempotencyKey.lifetime`; without, every attempt enqueues another.
    /// - Parameters:
    ///   - name: names the child among those of this job: 1 to 170 bytes without white space.
    ///   - change: as for `JobStore.enqueue`.
    /// - Throws: as `JobStore.enqueue`; `StoreError` of code `.closed` once the attempt is cancelled, and in a test whose
    ///   reporter has no store.
    @discardableResult
    public func enqueue<J: Job>(
        _ job: J, once name: String? = nil, _ change: (inout NewJob) throws -> Void = { _ in }
    ) async throws -> JobHandle<J.Output> {
        try await reachable().enqueue(job) { new in
            adopt(&new, name)
            try change(&new)
        }
    }

    /// Enqueues many jobs of a type in one call, at most `JobLimits.batch`: a fan-out.
    /// - Parameters:
    ///   - name: names the whole call among those of this job, as for one; the jobs in it go by their place.
    ///   - change: is called for each.
    /// - Throws: as for one job.
    @discardableResult
    public func enqueue<J: Job>(
        _ jobs: [J], once name: String? = nil, _ change: (inout NewJob) throws -> Void = { _ in }
    ) async throws -> [JobHandle<J.Output>] {
        var place = 0
        return try await reachable().enqueue(jobs) { new in
            adopt(&new, name.map { "\($0)/\(place)" })
            place += 1
            try change(&new)
        }
    }

    private func adopt(_ job: inout NewJob, _ name: String?) {
        job.tenant = tenant
        job.trace = trace
        // The first one counts, whatever a later attempt would have it do.
        if let name { job.idempotency = IdempotencyKey(key: "\(id)/\(name)", digest: "child") }
    }

    private func reachable() throws(StoreError) -> any JobStore {
        guard let store = reporter?.store else { throw StoreError(.closed, "this context has no store") }
        return store
    }
}
