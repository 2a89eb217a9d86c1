public import RoostJobs

/// The screen's questions, asked of a store.
public struct StoreSource: ScreenSource {
    private let store: any JobStore
    private let operatorName: String

    /// Over a store; `operatorName` is kept as the reason of a cancel.
    public init(store: any JobStore, operatorName: String = "sysmon") {
        self.store = store
        self.operatorName = operatorName
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

    /// One call.
    public func act(_ action: ScreenAction) async throws -> String {
        switch action {
        case .pause(let queue, let isPaused):
            let settings = try await store.setQueue(queue, isPaused ? .pause : .resume)
            return "queue \(queue) is \(settings.isPaused ? "paused" : "resumed")"
        case .cancel(let id):
            return switch try await store.cancel(id, reason: "cancelled by \(operatorName)") {
            case .cancelled: "job \(id) is cancelled"
            case .requested(let worker): "\(worker) was told to stop job \(id)"
            case .ended(let state): "job \(id) had ended before: \(state.rawValue)"
            case .unknown: "there is no job \(id) any more"
            }
        case .replay(let id):
            return switch try await store.replay(id) {
            case .queued: "job \(id) is queued again"
            case .refused(let state): "job \(id) is \(state.rawValue): only a failed or cancelled one is replayed"
            case .unknown: "there is no job \(id) any more"
            }
        case .delete(let id):
            return switch try await store.delete(id) {
            case .deleted: "job \(id) is deleted"
            case .running: "job \(id) is running: cancel it first"
            case .unknown: "there is no job \(id) any more"
            }
        }
    }
}
