public import RoostJobs

/// The screen's questions, asked of a store.
public struct StoreSource: ScreenSource {
    /// Has a member claim no more jobs, or claim again; returns what it does then, in a sentence without a full stop.
    public typealias Drain = @Sendable (_ node: String, _ isDraining: Bool) async throws -> String

    let store: any JobStore
    let operatorName: String
    let member: String
    let timeZones: String
    let drain: Drain?

    /// Over a store.
    ///
    /// - Parameters:
    ///   - operatorName: who acts: the reason of a cancel, and the `who` of the audit log.
    ///   - member: which process the screen is on, for the audit log.
    ///   - timeZones: where this machine keeps its time zones.
    ///   - drain: how members are told; nil where none can be.
    public init(
        store: any JobStore, operatorName: String = "sysmon", member: String = "sysmon",
        timeZones: String = TimeZoneRules.systemDirectory, drain: Drain? = nil
    ) {
        self.store = store
        self.operatorName = operatorName
        self.member = member
        self.timeZones = timeZones
        self.drain = drain
    }

    /// One call, or at most four for a job.
    public func answer(_ request: ScreenRequest) async throws -> ScreenAnswer {
        switch request {
        case .jobs(let query): return .page(try await store.list(query))
        case .find(let id):
            let jobs = try await store.job(id).map { [$0] } ?? []
            return .page(JobPage(jobs: jobs, total: jobs.count))
        case .sample(let count): return .page(try await store.list(JobQuery(state: .done, limit: count)))
        case .queues: return .queues(try await store.queues())
        case .crons: return .crons(try await store.crons())
        case .job(let id): return .job(try await detail(id))
        }
    }

    private func detail(_ id: JobID) async throws -> JobDetail? {
        guard let job = try await store.job(id) else { return nil }
        let notes = try await store.notes(id) ?? JobNotes()
        let reasons = job.state.isFinal ? [] : try await store.waitReasons(id)
        let parents = job.hasParents ? try await store.parents(of: id) : []
        return JobDetail(job: job, notes: notes, reasons: reasons, parents: parents)
    }

    /// A few calls, and one for the audit log when something was done.
    public func act(_ action: ScreenAction) async throws -> String {
        let outcome = try await perform(action)
        guard outcome.isDone else { return outcome.text }
        let record = ActionRecord(action, who: operatorName, member: member)
        do throws(StoreError) {
            try await store.append(record.json, to: ActionRecord.log, keeping: ActionRecord.kept)
        } catch {
            // It was done: that its record is missing is no reason to do it again.
            return "\(outcome.text) (not in the audit log: \(error))"
        }
        return outcome.text
    }
}
