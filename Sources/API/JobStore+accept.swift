import HTTPTypes
import Hummingbird
import RoostJobs

extension JobStore {
    /// Enqueues one checked job.
    func accept(_ envelope: JobEnvelope) async throws(APIError) -> Enqueued {
        guard envelope.issues.isEmpty else { throw .invalid(envelope.issues) }
        return try await accept(envelope.job)
    }

    /// Enqueues one job; when the answer is lost, the error names the id to look for.
    func accept(_ job: NewJob) async throws(APIError) -> Enqueued {
        do throws(StoreError) {
            guard let result = try await enqueue([job]).first else { throw StoreError(.unknown, "no result for a job") }
            return result
        } catch {
            throw APIError(error, writing: true, job: job.id)
        }
    }
}

extension Enqueued {
    /// Whether another job stands for the request.
    var isExisting: Bool { if case .existing = self { true } else { false } }
}

extension JSONObject {
    /// A request's body. The standard depth lets a member nest as deep as a payload may.
    static func parse(body: [UInt8], depth: Int = JobLimits.depth + 1) throws(APIError) -> JSONObject {
        do throws(JSONFault) {
            return try JSONScanner.parseObject(body, maximumDepth: depth)
        } catch {
            throw .malformed(error)
        }
    }
}

extension Response {
    /// 202, with where to look and when.
    static func accepted(_ json: JSONWriter, location: String) -> Response {
        var response = Response(status: .accepted, json: json)
        response.headers[.location] = location
        response.headers[.retryAfter] = "1"
        return response
    }
}
