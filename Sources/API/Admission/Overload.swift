import HTTPTypes
import HummingbirdCore
import NIOCore

/// What those are told who are turned away. Put together once: a refusal must cost far less than what it saves.
enum Overload {
    /// Requests that are answered in any case: a busy node is not a dead one.
    private static let probes: [StaticString] = ["/", "/health", "/livez", "/metrics", "/readyz", "/version"]

    /// Whether a request's target is one of these.
    static func isProbe(_ target: UnsafeRawBufferPointer) -> Bool {
        let path = target.prefix { $0 != UInt8(ascii: "?") }
        return probes.contains { probe in probe.withUTF8Buffer { path.elementsEqual($0) } }
    }

    /// The longest body that is read to its end to keep the connection of one that is turned away.
    static let keptBody = 64 << 10

    /// A whole reply that leaves the connection open. Without `Date`, which those of this kind may lack (RFC 9110, 6.6.1).
    static let reply = ByteBuffer(string: head + message)
    /// The same to a HEAD.
    static let headReply = ByteBuffer(string: head)

    /// The same where it goes through the HTTP server.
    static func response(to method: HTTPRequest.Method) -> (head: HTTPResponse, body: ResponseBody) {
        let head = HTTPResponse(
            status: .serviceUnavailable,
            headerFields: [
                .contentType: "application/json", .contentLength: "\(message.utf8.count)", .retryAfter: "1",
            ])
        return (head, method == .head ? ResponseBody() : ResponseBody(byteBuffer: body))
    }

    private static let body = ByteBuffer(string: message)
    private static let message = APIError.busy.text
    private static let head =
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nContent-Length: \(message.utf8.count)\r\n"
        + "Retry-After: 1\r\n\r\n"
}

extension APIError {
    /// The body of the reply, as one gets it that asked for nothing else.
    fileprivate var text: String {
        var json = JSONWriter(capacity: 96)
        json.object { $0.field(key, message) }
        return json.text
    }
}
