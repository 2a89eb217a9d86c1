import HTTPTypes
import Hummingbird
import HummingbirdCore
import RoostJobs

/// What is done to one job: cancel, retry, delete.
struct JobActionRoutes: Sendable {
    let store: any JobStore
    let configuration: APIConfiguration

    var routes: [APIRoute] {
        [
            .post("/jobs/:id/cancel", .cancelJob) { request, context in try await cancel(request, context) },
            .post("/jobs/:id/retry", .retryJob) { _, context in try await store.retry(context.parameters.jobID) },
            .delete("/jobs/:id", .deleteJob) { _, context in try await delete(context) },
        ]
    }

    /// 200 for a job that has ended by it, 202 for one that runs: its worker is told.
    private func cancel(_ request: Request, _ context: APIRequestContext) async throws -> Response {
        let reason = try await CancelReason(request, configuration).text
        guard let id = context.parameters.jobID else { throw APIError.jobNotFound }
        switch try await store.cancel(id, reason: reason) {
        case .cancelled, .ended(.cancelled): return reply(id, .cancelled, .ok, worker: nil)
        case .requested(let worker): return reply(id, .running, .accepted, worker: worker)
        case .ended(let state): throw APIError(.conflict, "The job is \(state.rawValue)")
        case .unknown: throw APIError.jobNotFound
        }
    }

    private func reply(
        _ id: JobID, _ state: JobState, _ status: HTTPResponse.Status, worker: String?
    ) -> Response {
        var json = JSONWriter(capacity: 96)
        json.object { json in
            json.field("id", id.description)
            json.field("status", state.rawValue)
            json.field("cancel_requested", worker != nil)
            if let worker { json.field("worker", worker) }
        }
        return Response(status: status, json: json)
    }

    private func delete(_ context: APIRequestContext) async throws -> Response {
        guard let id = context.parameters.jobID else { throw APIError.jobNotFound }
        switch try await store.delete(id) {
        case .deleted: return Response(status: .noContent)
        case .running: throw APIError(.conflict, "The job is running: cancel it first")
        case .unknown: throw APIError.jobNotFound
        }
    }
}

extension JobStore {
    /// Queues a dead letter or a cancelled job again, as a reply.
    func retry(_ id: JobID?) async throws -> Response {
        guard let id else { throw APIError.jobNotFound }
        switch try await replay(id) {
        case .queued:
            var json = JSONWriter(capacity: 64)
            json.object { json in
                json.field("id", id.description)
                json.field("status", JobState.queued.rawValue)
            }
            return Response(json: json)
        case .refused(let state):
            throw APIError(.conflict, "The job is \(state.rawValue): only a failed or cancelled one is tried again")
        case .unknown: throw APIError.jobNotFound
        }
    }
}
