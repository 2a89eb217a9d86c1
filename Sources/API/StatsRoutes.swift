import Hummingbird
import RoostJobs

/// How many jobs there are and who is here.
struct StatsRoutes: Sendable {
    let store: any JobStore
    let nodes: APIRoutes.Document
    let streams: APIRoutes.Document?

    var routes: [APIRoute] {
        [
            .get("/stats", .getStats) { _, _ in Response(json: write(try await store.counts())) },
            .get("/jobs/stats", .getJobStats) { _, _ in try await jobStats() },
            .get("/nodes", .listNodes) { _, _ in document(await nodes()) },
        ]
    }

    private func write(_ counts: StoreCounts) -> JSONWriter {
        var json = JSONWriter()
        json.object { json in
            for state in [JobState.queued, .running, .done, .failed] { json.field(state.rawValue, counts[state]) }
            json.field("total", counts.total)
            for state in [JobState.scheduled, .cancelled] { json.field(state.rawValue, counts[state]) }
            json.key("totals")
            json.object { json in
                json.field("enqueued", counts.totals.enqueued)
                json.field("started", counts.totals.started)
                json.field("done", counts.totals.done)
                json.field("retried", counts.totals.retried)
                json.field("failed", counts.totals.failed)
                json.field("reclaimed", counts.totals.reclaimed)
            }
        }
        return json
    }

    /// Streams where the store has them, else the queues in the same shape.
    private func jobStats() async throws -> Response {
        if let streams { return document(await streams()) }
        let counts = try await store.counts()
        var json = JSONWriter()
        json.object { json in
            json.field("stream", nil as String?)
            json.field("length", counts[.queued] + counts[.running])
            json.key("consumerGroups")
            json.array { _ in }
            json.key("queues")
            json.array { json in
                for (name, states) in counts.queues.sorted(by: { $0.key < $1.key }) {
                    json.object { json in
                        json.field("queue", name)
                        for state in JobState.allCases { json.field(state.rawValue, states[state] ?? 0) }
                    }
                }
            }
        }
        return Response(json: json)
    }

    private func document(_ bytes: [UInt8]) -> Response {
        var json = JSONWriter(capacity: bytes.count)
        json.raw(bytes)
        return Response(json: json)
    }
}
