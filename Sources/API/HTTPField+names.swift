import HTTPTypes

extension HTTPField.Name {
    static let requestID = known("X-Request-ID")
    static let totalCount = known("X-Total-Count")
    static let link = known("Link")
    static let idempotencyKey = known("Idempotency-Key")
    static let idempotentReplayed = known("Idempotent-Replayed")
    static let traceParent = known("traceparent")
    /// Only a second `Host` is ever among the fields: the first one is the request's authority.
    static let host = known("Host")

    private static func known(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is no field name") }
        return name
    }
}
