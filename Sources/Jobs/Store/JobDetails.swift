/// A job with everything that is known of it: what a client that asks for one job is shown.
public struct JobDetails: Sendable, Equatable {
    /// The job.
    public var job: JobRecord
    /// What its handler and its attempts left.
    public var notes: JobNotes
    /// The jobs it waits or waited for, as far as they are kept, in the order they were named.
    public var parents: [JobRecord]
    /// Why it does not run yet; empty when it runs or has ended.
    public var waiting: [WaitReason]

    /// Details.
    public init(_ job: JobRecord, notes: JobNotes, parents: [JobRecord], waiting: [WaitReason]) {
        self.job = job
        self.notes = notes
        self.parents = parents
        self.waiting = waiting
    }
}

extension JobStore {
    /// Asks one thing after the other: right for a store in this process, whose answers cost no round trip.
    public func details(_ id: JobID) async throws(StoreError) -> JobDetails? {
        guard let job = try await job(id) else { return nil }
        let notes = try await notes(id) ?? JobNotes()
        let parents = job.hasParents ? try await parents(of: id) : []
        let waits = job.state == .queued || job.state == .scheduled
        return JobDetails(job, notes: notes, parents: parents, waiting: waits ? try await waitReasons(id) : [])
    }
}
