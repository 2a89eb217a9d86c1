import HTTPTypes
import Hummingbird
import HummingbirdCore
import RoostJobs

/// The façade for clients that only have data and a callback: `POST /api/v1/work`, `GET /api/v1/work/:callback`.
///
/// A work is a job whose unique key is made of its callback, so the store is the only place that knows callbacks.
struct WorkRoutes: Sendable {
    let store: any JobStore
    let configuration: APIConfiguration

    var routes: [APIRoute] {
        [
            .post("/api/v1/work", .submitWork) { request, _ in try await submit(request) },
            .get("/api/v1/work/:callback", .getWork) { _, context in try await status(context) },
        ]
    }

    private func submit(_ request: Request) async throws -> Response {
        let bytes = try await request.bytes(
            upTo: configuration.maximumBodyBytes, within: configuration.bodyDeadline)
        let work = try Work(JSONObject.parse(body: bytes, depth: JobLimits.depth))
        let job = NewJob(
            type: configuration.workType, queue: configuration.workQueue, payload: work.payload,
            maxAttempts: configuration.maxAttempts, resultTTL: configuration.workResultTTL,
            uniqueKey: Work.key(work.callback))
        try await submit(job, work)
        var json = JSONWriter(capacity: 160)
        json.object { json in
            json.field("status", "accepted")
            json.field("accepted_by", configuration.member)
            json.field("callback", work.callback)
        }
        return .accepted(json, location: "/api/v1/work/\(work.callback)")
    }

    /// The same data again is the same work; other data with the same callback is refused, so that nobody is given
    /// somebody else's result.
    private func submit(_ job: NewJob, _ work: Work) async throws(APIError) {
        // Twice: the job that held the key may expire between the two looks at the store.
        for _ in 0..<2 {
            guard case .existing(let id) = try await store.accept(job) else { return }
            if let record = try await told(.submit, { () throws(StoreError) in try await store.job(id) }) {
                guard record.type == job.type, work.isSame(asPayload: record.payload) else {
                    throw APIError(.conflict, "Other data has the same callback")
                }
                return
            }
        }
        throw APIError(StoreError(.unknown, ""), .submit)
    }

    private func status(_ context: APIRequestContext) async throws -> Response {
        guard let callback = context.parameters.get("callback"), let key = Work.key(parsing: callback),
            let job = try await store.job(uniqueKey: key), job.type == configuration.workType
        else {
            var error = APIError(.notFound, "404. not found!")
            error.key = "status"
            throw error
        }
        var json = JSONWriter(capacity: 64 + (job.result?.count ?? 0))
        json.object { json in
            json.field("status", Work.status(job.state))
            if job.state == .done { json.field("result", json: job.result) }
        }
        var response = Response(json: json)
        response.headers[.cacheControl] = "no-store"
        if !job.state.isFinal { response.headers[.retryAfter] = "1" }
        return response
    }
}
