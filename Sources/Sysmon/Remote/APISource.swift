import RoostJobs

/// The screen's questions, asked of an API's node over HTTP. What it is told to do is checked and recorded there.
public struct APISource: ScreenSource {
    private let send: APITransport

    /// Over a transport.
    public init(_ send: @escaping APITransport) { self.send = send }

    /// One request.
    public func answer(_ request: ScreenRequest) async throws -> ScreenAnswer {
        switch request {
        case .jobs(let query): return .page(try await page(Self.path(of: query)))
        case .sample(let count): return .page(try await page("/jobs?status=done&per_page=\(count)"))
        case .find(let id):
            let jobs = try await job(id).flatMap { JobRecord(api: $0) }.map { [$0] } ?? []
            return .page(JobPage(jobs: jobs, total: jobs.count))
        case .queues: return .queues(try await rows("/queues").compactMap { RoostJobs.QueueStatus(api: $0) })
        case .crons: return .crons(try await rows("/cron").compactMap { CronStatus(api: $0) })
        case .job(let id): return .job(try await job(id).flatMap { JobDetail(api: $0) })
        }
    }

    /// One request.
    public func act(_ action: ScreenAction) async throws -> String {
        let reply = try await send(Self.call(of: action)).checked().object
        switch action {
        case .pause(let queue, let isPaused): return "queue \(queue) is \(isPaused ? "paused" : "resumed")"
        case .cancel(let id):
            return reply?["worker"]?.string.map { "\($0) was told to stop job \(id)" } ?? "job \(id) is cancelled"
        case .replay(let id): return "job \(id) is queued again"
        case .delete(let id): return "job \(id) is deleted"
        case .pauseCron(let name, let isPaused): return "periodic job \(name) is \(isPaused ? "paused" : "resumed")"
        case .runCron: return "job \(reply?["job_id"]?.string ?? "?") is accepted"
        case .drain(let node, let isDraining):
            let busy = reply?["busy"]?.int ?? 0
            let rest = busy == 0 ? "it runs none" : busy == 1 ? "1 still runs" : "\(busy) still run"
            return isDraining ? "\(node) claims no more jobs; \(rest)" : "\(node) claims jobs"
        }
    }

    private func rows(_ path: String) async throws -> [JSONObject] {
        try await send(APICall(.get, path)).checked().rows
    }

    private func page(_ path: String) async throws -> JobPage {
        let reply = try await send(APICall(.get, path)).checked()
        return JobPage(jobs: try reply.rows.compactMap { JobRecord(api: $0) }, total: reply.total)
    }

    private func job(_ id: JobID) async throws -> JSONObject? {
        let reply = try await send(APICall(.get, "/jobs/\(id)"))
        return reply.status == 404 ? nil : try reply.checked().object
    }

    private static func path(of query: JobQuery) -> String {
        var path = "/jobs?page=\(query.offset / query.limit + 1)&per_page=\(query.limit)"
        if let state = query.state { path += "&status=\(state.rawValue)" }
        if let type = query.type { path += "&type=\(APICall.escaped(type))" }
        if let queue = query.queue { path += "&queue=\(APICall.escaped(queue))" }
        return path
    }

    private static func call(of action: ScreenAction) -> APICall {
        func post(_ collection: String, _ name: String, _ verb: String) -> APICall {
            APICall(.post, "/\(collection)/\(APICall.escaped(name))/\(verb)")
        }
        switch action {
        case .pause(let queue, let isPaused): return post("queues", queue, isPaused ? "pause" : "resume")
        case .cancel(let id):
            return APICall(.post, "/jobs/\(id)/cancel", body: Array(#"{"reason":"cancelled by sysmon"}"#.utf8))
        case .replay(let id): return post("jobs", id.description, "retry")
        case .delete(let id): return APICall(.delete, "/jobs/\(id)")
        case .pauseCron(let name, let isPaused): return post("cron", name, isPaused ? "pause" : "resume")
        case .runCron(let name): return post("cron", name, "run")
        case .drain(let node, let isDraining): return post("nodes", node, isDraining ? "drain" : "undrain")
        }
    }
}
