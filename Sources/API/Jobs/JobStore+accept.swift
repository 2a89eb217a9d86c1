import HTTPTypes
import Hummingbird
import HummingbirdCore
import RoostJobs

extension JobStore {
    /// Enqueues one checked job; throws what refuses it.
    func accept(_ envelope: JobEnvelope) async throws(APIError) -> Enqueued {
        guard envelope.issues.isEmpty else { throw .invalid(envelope.issues) }
        return try await accept(envelope.job)
    }

    /// Enqueues one job; when the answer is lost, the error names the id to look for.
    func accept(_ job: NewJob) async throws(APIError) -> Enqueued {
        let results = try await told(.submit, job: job.id) { () throws(StoreError) in try await enqueue([job]) }
        guard let result = results.first else { throw APIError(StoreError(.unknown, ""), .submit, job: job.id) }
        if let refusal = result.refusal { throw refusal }
        return result
    }
}

extension Enqueued {
    /// Why no job stands for the request; nil when one does.
    var refusal: APIError? {
        switch self {
        case .accepted, .repeated, .existing: nil
        case .mismatched: .mismatched
        case .full(let queue): .full(queue)
        }
    }
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
    static func accepted(_ json: JSONWriter, location: String, isRepeated: Bool = false) -> Response {
        var response = Response(status: .accepted, json: json)
        response.headers[.location] = location
        response.headers[.retryAfter] = "1"
        if isRepeated { response.headers[.idempotentReplayed] = "true" }
        return response
    }

    /// 202 for one job.
    static func accepted(
        _ enqueued: Enqueued, message: String, status: String? = "accepted", runAt: String? = nil
    ) -> Response {
        let id = enqueued.id?.description ?? ""
        var json = JSONWriter(capacity: 128)
        var isExisting = false
        var isRepeated = false
        if case .existing = enqueued { isExisting = true }
        if case .repeated = enqueued { isRepeated = true }
        json.object { json in
            if let status { json.field("status", status) }
            json.field("message", isExisting ? "Job already exists" : message)
            json.field("job_id", id)
            if let runAt { json.field("run_at", runAt) }
            if isExisting { json.field("duplicate", true) }
        }
        return .accepted(json, location: "/jobs/\(id)", isRepeated: isRepeated)
    }
}
