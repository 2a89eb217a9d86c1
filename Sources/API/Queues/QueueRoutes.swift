import HTTPTypes
import Hummingbird
import HummingbirdCore
import RoostJobs

/// Queues: what is in them, pause and resume, limits. `*` stands for all together.
struct QueueRoutes: Sendable {
    let store: any JobStore
    let configuration: APIConfiguration

    var routes: [APIRoute] {
        [
            .get("/queues", .listQueues) { _, _ in try await list() },
            .get("/queues/:queue", .getQueue) { _, context in try await show(context) },
            .patch("/queues/:queue", .changeQueue) { request, context in try await change(request, context) },
            .post("/queues/:queue/pause", .pauseQueue) { _, context in try await set(context, .pause) },
            .post("/queues/:queue/resume", .resumeQueue) { _, context in try await set(context, .resume) },
        ]
    }

    private func list() async throws -> Response {
        let queues = try await store.queues()
        var json = JSONWriter(capacity: 256 * queues.count + 2)
        let now = Timestamp.now()
        json.array { json in for queue in queues { json.write(queue, now: now) } }
        return Response(json: json)
    }

    private func show(_ context: APIRequestContext) async throws -> Response {
        let name = try name(context)
        let known = try await store.queues().first { $0.name == name }
        // All queues together are always there, also before anything was set for them.
        let all = QueueStatus(name: name, settings: QueueSettings(), counts: [:], oldest: nil)
        guard let queue = known ?? (name == QueueSettings.all ? all : nil) else { throw Self.notFound }
        var json = JSONWriter()
        json.write(queue, now: .now())
        return Response(json: json)
    }

    private func change(_ request: Request, _ context: APIRequestContext) async throws -> Response {
        let name = try name(context)
        let bytes = try await request.bytes(
            upTo: configuration.maximumBodyBytes, within: configuration.bodyDeadline)
        let envelope = QueueEnvelope(try .parse(body: bytes), queue: name, limit: configuration.maximumIssues)
        guard envelope.issues.isEmpty else { throw APIError.invalid(envelope.issues, "Invalid queue settings") }
        return try await set(name, envelope.change)
    }

    private func set(_ context: APIRequestContext, _ change: QueueChange) async throws -> Response {
        try await set(name(context), change)
    }

    private func set(_ name: String, _ change: QueueChange) async throws -> Response {
        let settings = try await store.setQueue(name, change)
        var json = JSONWriter()
        json.object { json in
            json.field("queue", name)
            json.fields(settings)
        }
        return Response(json: json)
    }

    private func name(_ context: APIRequestContext) throws(APIError) -> String {
        guard let name = context.parameters.name("queue", all: true) else { throw Self.notFound }
        return name
    }

    private static let notFound = APIError(.notFound, "Queue not found")
}
