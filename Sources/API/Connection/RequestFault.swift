import HTTPTypes

/// What is wrong with a request before any route sees it. Each ends its connection.
enum RequestFault: String, Error, CaseIterable {
    case requestLine = "request_line"
    case method
    case version
    case targetTooLong = "target_too_long"
    case headTooLarge = "head_too_large"
    case tooManyFields = "too_many_fields"
    case lineEnd = "line_end"
    case folding
    case field
    case host
    case contentLength = "content_length"
    case transferCoding = "transfer_coding"
    case twoLengths = "two_lengths"
    case expectation
    case chunk
    case bodyTooLarge = "body_too_large"
    case slowHead = "slow_head"
    case slowBody = "slow_body"
    case busy
    case overload
    case memory

    /// The refusal as a client gets it.
    var error: APIError {
        let (status, message) = told
        var error = APIError(status, message)
        error.closesConnection = true
        if self == .busy || self == .overload || self == .memory { error.headers[.retryAfter] = "1" }
        return error
    }

    private var told: (HTTPResponse.Status, String) {
        switch self {
        case .requestLine: (.badRequest, "Malformed request line")
        case .method: (.methodNotAllowed, "This is no proxy")
        case .version: (.httpVersionNotSupported, "Only versions 1.1 and 1.0 of HTTP are understood")
        case .targetTooLong: (.uriTooLong, "The request target is too long")
        case .headTooLarge: (.requestHeaderFieldsTooLarge, "The request head is too large")
        case .tooManyFields: (.requestHeaderFieldsTooLarge, "Too many header fields")
        case .lineEnd: (.badRequest, "A line does not end in CR LF")
        case .folding: (.badRequest, "A header field is folded over several lines")
        case .field: (.badRequest, "Malformed header field")
        case .host: (.badRequest, "A request has exactly one Host")
        case .contentLength: (.badRequest, "Malformed or repeated Content-Length")
        case .transferCoding: (.notImplemented, "The only transfer coding understood is chunked")
        case .twoLengths: (.badRequest, "Both Transfer-Encoding and Content-Length, or Transfer-Encoding in HTTP/1.0")
        case .expectation: (.expectationFailed, "The only expectation understood is 100-continue")
        case .chunk: (.badRequest, "Malformed chunk")
        case .bodyTooLarge: (.contentTooLarge, "The body is too large")
        case .slowHead: (.requestTimeout, "The request head did not arrive in time")
        case .slowBody: (.requestTimeout, "The body did not arrive in time")
        case .busy: (.serviceUnavailable, "Too many connections")
        case .overload: (APIError.busy.status, APIError.busy.message)
        case .memory: (APIError.noRoom.status, APIError.noRoom.message)
        }
    }
}
