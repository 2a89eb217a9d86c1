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
    let follower: JobFollower

    var routes: [APIRoute] {
        [
            .post("/api/v1/work", .submitWork) { request, context in try await submit(request, context) }.needing(
                .submit),
            .get("/api/v1/work/:callback", .getWork) { request, context in try await status(request, context) }.needing(
                .submit),
        ]
    }

    private func submit(_ request: Request, _ context: APIRequestContext) async throws -> Response {
        let bytes = try await request.bytes(
            upTo: configuration.maximumBodyBytes, within: configuration.bodyDeadline)
        let work = try Work(JSONObject.parse(body: bytes, depth: JobLimits.depth), from: context.caller)
        try await context.caller.charge(jobs: 1)
        var job = NewJob(
            type: configuration.workType, queue: configuration.workQueue, payload: work.payload,
            maxAttempts: configuration.maxAttempts, resultTTL: configuration.workResultTTL,
            uniqueKey: Work.key(work.callback))
        job.tenant = context.caller.tenant
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

    private func status(_ request: Request, _ context: APIRequestContext) async throws -> Response {
        guard let callback = context.parameters.get("callback"), let key = Work.key(parsing: callback),
            let known = try await store.job(uniqueKey: key), known.type == configuration.workType
        else { throw Self.unknown }
        var (found, applied) = (JobRecord?.some(known), WaitPreference?.none)
        if !known.state.isFinal {
            (found, applied) = try await follower.end(of: known, request, context) { () throws(StoreError) in
                try await store.job(uniqueKey: key)
            }
        }
        guard let job = found else { throw Self.unknown }
        var json = JSONWriter(capacity: 64 + (job.result?.count ?? 0))
        json.object { json in
            json.field("status", Work.status(job.state))
            if job.state == .done { json.field("result", json: job.result) }
        }
        var response = Response(json: json)
        response.headers[.cacheControl] = "no-store"
        response.headers[.preferenceApplied] = applied?.applied
        if !job.state.isFinal { response.headers[.retryAfter] = "1" }
        return response
    }

    private static let unknown: APIError = {
        var error = APIError(.notFound, "404. not found!")
        error.key = "status"
        return error
    }()
}
