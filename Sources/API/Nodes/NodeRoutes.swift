import HTTPTypes
import Hummingbird
import RoostJobs

/// What is done to a member of the cluster: it claims no more jobs and lets what runs end, or claims again.
struct NodeRoutes: Sendable {
    let control: NodeControl

    var routes: [APIRoute] {
        [
            .post("/nodes/:node/drain", .drainNode) { _, context in try await order(context, true) },
            .post("/nodes/:node/undrain", .undrainNode) { _, context in try await order(context, false) },
        ]
    }

    private func order(_ context: APIRequestContext, _ isDraining: Bool) async throws -> Response {
        guard let name = context.parameters.decoded("node"), (1...300).contains(name.utf8.count) else {
            throw Self.notFound
        }
        switch await control.order(name, isDraining) {
        // One that was told to stop goes on stopping.
        case .isDraining(true, _) where !isDraining: throw APIError(.conflict, "The node is stopping")
        case .isDraining(let isDraining, let busy):
            var json = JSONWriter(capacity: 96)
            json.object { json in
                json.field("node", name)
                json.field("draining", isDraining)
                json.field("busy", busy)
            }
            return Response(json: json)
        case .unknown: throw Self.notFound
        case .runsNoJobs: throw APIError(.conflict, "The node runs no jobs")
        case .silent(let why):
            var error = APIError(.serviceUnavailable, "The node did not answer: \(why)")
            error.headers[.retryAfter] = "2"
            throw error
        }
    }

    private static let notFound = APIError(.notFound, "Node not found")
}
