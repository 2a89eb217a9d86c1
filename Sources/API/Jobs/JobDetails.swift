import RoostJobs

/// What is told of one job beside its record.
struct JobDetails: Sendable {
    /// What its handler and its attempts left.
    let notes: JobNotes
    /// The jobs it waits or waited for, as far as they are kept.
    let parents: [JobRecord]
    /// Why it does not run.
    let waiting: [WaitReason]

    /// Asks the store for what the job has: one look more for most, all at once.
    init(_ job: JobRecord, store: any JobStore) async throws(StoreError) {
        async let notes = Self.caught { () throws(StoreError) in try await store.notes(job.id) ?? JobNotes() }
        async let parents = Self.caught { () throws(StoreError) in
            job.hasParents ? try await store.parents(of: job.id) : []
        }
        async let waiting = Self.caught { () throws(StoreError) in
            job.state == .queued || job.state == .scheduled ? try await store.waitReasons(job.id) : []
        }
        (self.notes, self.parents, self.waiting) = try await (notes.get(), parents.get(), waiting.get())
    }

    /// A child task has no typed errors: the result carries it.
    private static func caught<Value: Sendable>(
        _ call: @Sendable () async throws(StoreError) -> Value
    ) async -> Result<Value, StoreError> {
        do throws(StoreError) { return .success(try await call()) } catch { return .failure(error) }
    }
}
