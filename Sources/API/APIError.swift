import HTTPTypes
import RoostJobs

/// A refusal that reaches the client as it stands: never a path, a stack or a decoder's words.
struct APIError: Error {
    var status: HTTPResponse.Status
    var message: String
    /// The member that carries `message` where the client did not ask for problem details.
    var key = "error"
    var issues: [NewJob.Issue] = []
    /// A job that may exist although the request failed.
    var jobID: JobID?
    var headers = HTTPFields()
    /// Whether what is left of the request is not worth reading.
    var closesConnection = false

    init(_ status: HTTPResponse.Status, _ message: String) {
        self.status = status
        self.message = message
    }

    /// 422 with everything that is wrong.
    static func invalid(_ issues: [NewJob.Issue], _ message: String = "Invalid job") -> APIError {
        var error = APIError(.unprocessableContent, message)
        error.issues = issues
        return error
    }

    static let jobNotFound = APIError(.notFound, "Job not found")

    /// 422: the same key came with another request.
    static let mismatched = APIError(.unprocessableContent, "The idempotency key stands for another request")

    /// 429: as many jobs wait in the queue as may.
    static func full(_ queue: String) -> APIError {
        var error = APIError(.tooManyRequests, "Queue '\(queue)' is full")
        // Not in a second: a queue that reached its quota takes a while to drain.
        error.headers[.retryAfter] = "5"
        return error
    }

    /// 503: as many requests are served as may.
    static let busy: APIError = {
        var error = APIError(.serviceUnavailable, "Too many requests at a time")
        error.headers[.retryAfter] = "1"
        return error
    }()

    /// 503: requests hold as much memory as they may.
    static let noRoom: APIError = {
        var error = APIError(.serviceUnavailable, "Requests hold too much memory at a time")
        error.headers[.retryAfter] = "1"
        return error
    }()

    /// 503: as many event streams are open as may.
    static let tooManyStreams: APIError = {
        var error = APIError(.serviceUnavailable, "Too many event streams are open")
        error.headers[.retryAfter] = "5"
        return error
    }()

    static func malformed(_ fault: JSONFault) -> APIError { APIError(.badRequest, "Malformed JSON: \(fault)") }

    static func tooLarge(limit: Int) -> APIError {
        var error = APIError(.contentTooLarge, "The body has more than \(limit) bytes")
        error.closesConnection = true
        return error
    }

    static let tooSlow: APIError = {
        var error = APIError(.requestTimeout, "The body did not arrive in time")
        error.closesConnection = true
        return error
    }()

    static func methodNotAllowed(_ allowed: [HTTPRequest.Method]) -> APIError {
        var error = APIError(.methodNotAllowed, "Method not allowed")
        error.headers[.allow] = allowed.map(\.rawValue).joined(separator: ", ")
        return error
    }
}
