import HTTPTypes
import Hummingbird
import HummingbirdCore
import RoostJobs

/// Give one job.
struct SubmitRoutes: Sendable {
    let store: any JobStore
    let configuration: APIConfiguration
    let follower: JobFollower

    var routes: [APIRoute] {
        [
            .post("/jobs", .submitJob) { request, context in try await submit(request, context) }.needing(.submit),
            .post("/jobs/schedule", .scheduleJob) { request, context in try await schedule(request, context) }
                .needing(.submit),
        ]
    }

    private func submit(_ request: Request, _ context: APIRequestContext) async throws -> Response {
        let envelope = try await envelope(request, context.caller)
        guard envelope.payloadKind != nil else { throw APIError(.badRequest, "Missing 'payload' field") }
        if envelope.issues.isEmpty { try await context.caller.charge(jobs: 1) }
        let enqueued = try await store.accept(envelope)
        let accepted = Response.accepted(enqueued, message: "Job accepted")
        guard let id = enqueued.id else { return accepted }
        return await ended(id, request, context, otherwise: accepted)
    }

    /// The job with its result, when the client prefers to wait and it ends in time. It is accepted by now: nothing that
    /// goes wrong here makes it undone.
    private func ended(
        _ id: JobID, _ request: Request, _ context: APIRequestContext, otherwise accepted: Response
    ) async -> Response {
        var accepted = accepted
        let look = { @Sendable () async throws(StoreError) in try await store.job(id) }
        guard let (job, applied) = try? await follower.end(of: id, request, context, look) else { return accepted }
        accepted.headers[.preferenceApplied] = applied?.applied
        guard let job, job.state.isFinal, let details = try? await store.details(job.id) else { return accepted }
        let json = JSONWriter(details)
        var response = Response(json: json)
        for name in [HTTPField.Name.location, .idempotentReplayed, .preferenceApplied] {
            response.headers[name] = accepted.headers[name]
        }
        return response
    }

    private func schedule(_ request: Request, _ context: APIRequestContext) async throws -> Response {
        let envelope = try await envelope(request, context.caller)
        guard envelope.payloadKind == .object, let runAt = envelope.runAt, Timestamp(rfc3339: runAt) != nil else {
            throw APIError(.badRequest, "Required fields: payload (object), run_at (ISO8601)")
        }
        if envelope.issues.isEmpty { try await context.caller.charge(jobs: 1) }
        return .accepted(try await store.accept(envelope), message: "Job scheduled", status: nil, runAt: runAt)
    }

    private func envelope(_ request: Request, _ caller: Caller) async throws -> JobEnvelope {
        let bytes = try await request.bytes(
            upTo: configuration.maximumBodyBytes, within: configuration.bodyDeadline)
        var envelope = JobEnvelope(try .parse(body: bytes), configuration: configuration.serving(caller))
        envelope.take(RequestHeaders(request.headers), digest: ContentDigest.hex(bytes))
        return envelope
    }
}
