import HTTPTypes
import Hummingbird
import HummingbirdCore
import RoostJobs

/// Give jobs and look at them.
struct JobRoutes: Sendable {
    let store: any JobStore
    let configuration: APIConfiguration

    var routes: [APIRoute] {
        [
            .post("/jobs") { request, _ in try await submit(request) },
            .post("/jobs/schedule") { request, _ in try await schedule(request) },
            .get("/jobs") { request, _ in try await list(request) },
            .get("/jobs/:id") { request, context in try await job(request, context) },
        ]
    }

    private func submit(_ request: Request) async throws -> Response {
        let envelope = try await envelope(request)
        guard envelope.payloadKind != nil else { throw APIError(.badRequest, "Missing 'payload' field") }
        let accepted = try await store.accept(envelope)
        var json = JSONWriter(capacity: 128)
        json.object { json in
            json.field("status", "accepted")
            json.field("message", "Job accepted")
            json.field("job_id", accepted.id.description)
            if accepted.isExisting { json.field("duplicate", true) }
        }
        return .accepted(json, location: "/jobs/\(accepted.id)")
    }

    private func schedule(_ request: Request) async throws -> Response {
        let envelope = try await envelope(request)
        guard envelope.payloadKind == .object, let runAt = envelope.runAt, Timestamp(rfc3339: runAt) != nil else {
            throw APIError(.badRequest, "Required fields: payload (object), run_at (ISO8601)")
        }
        let accepted = try await store.accept(envelope)
        var json = JSONWriter(capacity: 128)
        json.object { json in
            json.field("message", "Job scheduled")
            json.field("job_id", accepted.id.description)
            json.field("run_at", runAt)
            if accepted.isExisting { json.field("duplicate", true) }
        }
        return .accepted(json, location: "/jobs/\(accepted.id)")
    }

    private func envelope(_ request: Request) async throws -> JobEnvelope {
        let bytes = try await request.bytes(
            upTo: configuration.maximumBodyBytes, within: configuration.bodyDeadline)
        return JobEnvelope(try .parse(body: bytes), configuration: configuration)
    }

    private func list(_ request: Request) async throws -> Response {
        let query = try JobListQuery(request.uri)
        let page = try await store.list(query.store)
        var json = JSONWriter(capacity: 512 * page.jobs.count + 2)
        json.array { json in for job in page.jobs { json.write(job) } }
        var response = Response(json: json)
        if let total = page.total { response.headers[.totalCount] = String(total) }
        response.headers[.link] = query.links(count: page.jobs.count, total: page.total)
        return response
    }

    private func job(_ request: Request, _ context: APIRequestContext) async throws -> Response {
        guard let id = context.parameters.get("id").flatMap({ JobID($0) }), let job = try await store.job(id) else {
            throw APIError.jobNotFound
        }
        let tag = job.entityTag
        var response: Response
        if request.headers[.ifNoneMatch].map({ EntityTag.list($0, contains: tag) }) ?? false {
            response = Response(status: .notModified)
        } else {
            var json = JSONWriter(capacity: 768 + job.payload.count + (job.result?.count ?? 0))
            json.write(job)
            response = Response(json: json)
        }
        response.headers[.eTag] = tag
        // Without it a browser or proxy may show a job's state of yesterday.
        response.headers[.cacheControl] = "no-cache"
        if !job.state.isFinal { response.headers[.retryAfter] = "1" }
        return response
    }
}
