import Hummingbird
import RoostJobs

/// Who is there to run jobs: `GET /workers`.
struct WorkerRoutes: Sendable {
    let store: any JobStore

    var routes: [APIRoute] { [.get("/workers", .listWorkers) { _, _ in try await list() }] }

    private func list() async throws -> Response {
        let workers = try await store.workers()
        var json = JSONWriter(capacity: 128 * workers.count + 2)
        json.array { json in
            for worker in workers.sorted(by: { $0.worker < $1.worker }) {
                json.object { json in
                    json.field("worker", worker.worker)
                    json.field("queues", worker.queues)
                    json.field("types", worker.types?.sorted())
                    json.field("busy", worker.busy.sorted())
                }
            }
        }
        return Response(json: json)
    }
}

extension JSONWriter {
    /// A member that is an array of strings, or null for any.
    fileprivate mutating func field(_ name: String, _ words: [String]?) {
        key(name)
        guard let words else { return null() }
        array { json in for word in words { json.string(word) } }
    }
}
