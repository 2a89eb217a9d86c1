import HTTPTypes
import Hummingbird
import HummingbirdCore
import RoostJobs

/// What is done to many jobs at once: `POST /jobs/actions`.
struct BulkActionRoutes: Sendable {
    let store: any JobStore
    let configuration: APIConfiguration

    var routes: [APIRoute] { [.post("/jobs/actions", .actOnJobs) { request, _ in try await act(request) }] }

    private func act(_ request: Request) async throws -> Response {
        let bytes = try await request.bytes(
            upTo: configuration.maximumBodyBytes, within: configuration.bodyDeadline)
        let envelope = BulkActionEnvelope(try .parse(body: bytes), limit: configuration.maximumIssues)
        guard envelope.issues.isEmpty, let action = envelope.action else {
            throw APIError.invalid(envelope.issues, "Invalid action")
        }
        let bulk = BulkAction(
            store: store, action: action, query: envelope.filter.query, limit: envelope.limit,
            isDryRun: envelope.isDryRun, reason: envelope.reason)
        let result = try await told(.change) { () throws(StoreError) in try await bulk.run() }
        var json = JSONWriter(capacity: 512)
        json.object { json in
            json.field("action", action.rawValue)
            json.field("matched", result.matched)
            json.field("done", result.done)
            json.field("failed", result.failed)
            json.field("has_more", result.hasMore)
            json.field("dry_run", envelope.isDryRun)
            json.key("sample")
            json.array { json in for id in result.sample { json.string(id.description) } }
        }
        return Response(json: json)
    }
}
