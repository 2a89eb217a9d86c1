import HTTPTypes
import Hummingbird
import HummingbirdCore
import RoostJobs

/// Look at jobs.
struct JobRoutes: Sendable {
    let store: any JobStore
    let follower: JobFollower

    var routes: [APIRoute] {
        [
            .get("/jobs", .listJobs) { request, _ in try await store.page(JobListQuery(request.uri)) },
            .get("/jobs/:id", .getJob) { request, context in try await job(request, context) }.needing(.submit),
            .get("/jobs/:id/why", .whyJob) { _, context in try await why(context) },
        ]
    }

    private func job(_ request: Request, _ context: APIRequestContext) async throws -> Response {
        guard let id = context.parameters.jobID else { throw APIError.jobNotFound }
        guard let details = try await store.details(id) else { throw APIError.jobNotFound }
        // Whoever waits takes the place of one that waits only when there is something to wait for.
        guard request.headers[.prefer] != nil, !details.job.state.isFinal else { return reply(details, request) }
        return try await ended(details, request, context)
    }

    /// The job after the wait that the request prefers.
    private func ended(
        _ before: JobDetails, _ request: Request, _ context: APIRequestContext
    ) async throws -> Response {
        let id = before.job.id
        let (job, applied) = try await follower.end(of: id, request, context) { () throws(StoreError) in
            try await store.job(id)
        }
        guard let applied else { return reply(before, request) }
        guard job != nil, let details = try await store.details(id) else { throw APIError.jobNotFound }
        var response = reply(details, request)
        response.headers[.preferenceApplied] = applied.applied
        return response
    }

    private func reply(_ details: JobDetails, _ request: Request) -> Response {
        let json = JSONWriter(details).buffer
        let tag = EntityTag.of(json)
        var response: Response
        if request.headers[.ifNoneMatch].map({ EntityTag.list($0, contains: tag) }) ?? false {
            response = Response(status: .notModified)
        } else {
            response = Response(json: json)
        }
        response.headers[.eTag] = tag
        // Without it a browser or proxy may show a job's state of yesterday.
        response.headers[.cacheControl] = "no-cache"
        if !details.job.state.isFinal { response.headers[.retryAfter] = "1" }
        return response
    }

    private func why(_ context: APIRequestContext) async throws -> Response {
        guard let id = context.parameters.jobID, let job = try await store.job(id) else { throw APIError.jobNotFound }
        let reasons = try await store.waitReasons(id)
        var json = JSONWriter()
        json.object { json in
            json.field("id", id.description)
            json.field("status", job.state.rawValue)
            json.field("reasons", reasons)
        }
        var response = Response(json: json)
        response.headers[.cacheControl] = "no-store"
        return response
    }
}

extension JobStore {
    /// A page of jobs, newest first, as a reply.
    func page(_ query: JobListQuery) async throws -> Response {
        let page = try await list(query.store)
        var json = JSONWriter(capacity: 512 * page.jobs.count + 2)
        json.array { json in for job in page.jobs { json.write(job) } }
        var response = Response(json: json)
        if let total = page.total { response.headers[.totalCount] = String(total) }
        response.headers[.link] = query.links(page)
        return response
    }
}
