import HTTPTypes
import Hummingbird
import HummingbirdCore
import RoostJobs

/// Many jobs in one call: `POST /jobs/bulk`, an array or one object a line.
///
/// Each item stands alone: 202 when all were accepted, 207 when some were, 422 when none was; the rows say which.
struct BulkRoutes: Sendable {
    let store: any JobStore
    let configuration: APIConfiguration

    var routes: [APIRoute] { [.post("/jobs/bulk") { request, _ in try await submit(request) }] }

    /// One item: a job to give to the store, or why not.
    private enum Item {
        case job(NewJob)
        case refused(String, [NewJob.Issue])
    }

    private func submit(_ request: Request) async throws -> Response {
        let bytes = try await request.bytes(
            upTo: configuration.maximumBulkBytes, within: configuration.bodyDeadline)
        let items = try BulkBody.items(bytes).map(read)
        guard !items.isEmpty else { throw APIError(.badRequest, "No jobs in the body") }
        let jobs = items.compactMap { if case .job(let job) = $0 { job } else { nil } }
        let accepted = jobs.isEmpty ? [] : try await store.enqueue(jobs)
        guard accepted.count == jobs.count else { throw StoreError(.unknown, "fewer results than jobs") }
        let json = reply(items, accepted)
        let status: HTTPResponse.Status =
            jobs.isEmpty
            ? .unprocessableContent
            : jobs.count == items.count ? .accepted : HTTPResponse.Status(code: 207, reasonPhrase: "Multi-Status")
        return Response(status: status, json: json)
    }

    private func read(_ bytes: [UInt8]) -> Item {
        let object: JSONObject
        do throws(APIError) {
            object = try JSONObject.parse(body: bytes)
        } catch {
            return .refused(error.message, [])
        }
        let envelope = JobEnvelope(object, configuration: configuration)
        guard envelope.payloadKind != nil else { return .refused("Missing 'payload' field", []) }
        guard bytes.count <= configuration.maximumBodyBytes else {
            return .refused("The job has more than \(configuration.maximumBodyBytes) bytes", [])
        }
        return envelope.issues.isEmpty ? .job(envelope.job) : .refused("Invalid job", envelope.issues)
    }

    private func reply(_ items: [Item], _ accepted: [Enqueued]) -> JSONWriter {
        var json = JSONWriter(capacity: 80 * items.count)
        var results = accepted.makeIterator()
        json.object { json in
            json.field("accepted", accepted.count)
            json.field("refused", items.count - accepted.count)
            json.key("jobs")
            json.array { json in
                for (index, item) in items.enumerated() {
                    json.object { json in
                        json.field("index", index)
                        write(item, &results, &json)
                    }
                }
            }
        }
        return json
    }

    private func write(_ item: Item, _ results: inout IndexingIterator<[Enqueued]>, _ json: inout JSONWriter) {
        switch item {
        case .job:
            guard let result = results.next() else { return }
            json.field("status", "accepted")
            json.field("job_id", result.id.description)
            if result.isExisting { json.field("duplicate", true) }
        case .refused(let message, let issues):
            json.field("status", "refused")
            json.field("error", message)
            if !issues.isEmpty {
                json.key("issues")
                json.write(issues: issues)
            }
        }
    }
}
