import HTTPTypes
import Hummingbird
import HummingbirdCore
import RoostJobs

/// Dead letters: jobs that gave up, with reason and original payload.
struct DeadRoutes: Sendable {
    let store: any JobStore
    let configuration: APIConfiguration

    var routes: [APIRoute] {
        [
            .get("/dead", .listDead) { request, _ in
                try await store.page(JobListQuery(request.uri, path: "/dead", state: .failed))
            },
            .get("/dead/groups", .groupDead) { request, _ in try await groups(request) },
            .post("/dead/replay", .replayDead) { request, _ in try await replay(request) },
            .post("/dead/:id/replay", .replayOne) { _, context in try await one(context.parameters.jobID) },
        ]
    }

    private func groups(_ request: Request) async throws -> Response {
        var query = try JobListQuery(request.uri, path: "/dead/groups", state: .failed).store
        query.offset = 0
        let groups = try await DeadGroups(store, query)
        var json = JSONWriter(capacity: 4096)
        json.write(groups)
        return Response(json: json)
    }

    private func one(_ id: JobID?) async throws -> Response {
        guard let id, let job = try await store.job(id) else { throw APIError.jobNotFound }
        guard job.state == .failed else {
            throw APIError(.conflict, "The job is \(job.state.rawValue): it is no dead letter")
        }
        return try await store.retry(id)
    }

    private func replay(_ request: Request) async throws -> Response {
        let bytes = try await request.bytes(
            upTo: configuration.maximumBodyBytes, within: configuration.bodyDeadline)
        let envelope = ReplayEnvelope(try .parse(body: bytes), limit: configuration.maximumIssues)
        guard envelope.issues.isEmpty else { throw APIError.invalid(envelope.issues, "Invalid replay") }
        let result = try await DeadReplay(store: store, wanted: envelope).run()
        var json = JSONWriter(capacity: 64)
        json.object { json in
            json.field("matched", result.matched)
            json.field("replayed", result.replayed)
            json.field("more", result.hasMore)
            json.field("dry_run", envelope.isDryRun)
        }
        return Response(json: json)
    }
}
