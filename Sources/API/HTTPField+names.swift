import HTTPTypes

extension HTTPField.Name {
    static let requestID = known("X-Request-ID")
    static let totalCount = known("X-Total-Count")
    static let link = known("Link")
    static let idempotencyKey = known("Idempotency-Key")
    static let idempotentReplayed = known("Idempotent-Replayed")
    static let prefer = known("Prefer")
    static let preferenceApplied = known("Preference-Applied")
    static let lastEventID = known("Last-Event-ID")
    /// Tells reverse proxies not to gather a stream.
    static let accelBuffering = known("X-Accel-Buffering")
    static let traceParent = known("traceparent")
    /// Only a second `Host` is ever among the fields: the first one is the request's authority.
    static let host = known("Host")

    private static func known(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is no field name") }
        return name
    }
}
