import HTTPTypes
import Hummingbird
import HummingbirdCore
import RoostJobs

/// Give one job.
struct SubmitRoutes: Sendable {
    let store: any JobStore
    let configuration: APIConfiguration

    var routes: [APIRoute] {
        [
            .post("/jobs", .submitJob) { request, _ in try await submit(request) },
            .post("/jobs/schedule", .scheduleJob) { request, _ in try await schedule(request) },
        ]
    }

    private func submit(_ request: Request) async throws -> Response {
        let envelope = try await envelope(request)
        guard envelope.payloadKind != nil else { throw APIError(.badRequest, "Missing 'payload' field") }
        return .accepted(try await store.accept(envelope), message: "Job accepted")
    }

    private func schedule(_ request: Request) async throws -> Response {
        let envelope = try await envelope(request)
        guard envelope.payloadKind == .object, let runAt = envelope.runAt, Timestamp(rfc3339: runAt) != nil else {
            throw APIError(.badRequest, "Required fields: payload (object), run_at (ISO8601)")
        }
        return .accepted(try await store.accept(envelope), message: "Job scheduled", status: nil, runAt: runAt)
    }

    private func envelope(_ request: Request) async throws -> JobEnvelope {
        let bytes = try await request.bytes(
            upTo: configuration.maximumBodyBytes, within: configuration.bodyDeadline)
        var envelope = JobEnvelope(try .parse(body: bytes), configuration: configuration)
        envelope.take(RequestHeaders(request.headers), digest: ContentDigest.hex(bytes))
        return envelope
    }
}
