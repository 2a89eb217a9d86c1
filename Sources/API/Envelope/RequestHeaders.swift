import HTTPTypes
import RoostJobs

/// What a submit says of itself in its head.
struct RequestHeaders {
    /// `Idempotency-Key`, as a bare token or a quoted string (draft-ietf-httpapi-idempotency-key-header).
    let idempotencyKey: String?
    /// `traceparent` (W3C Trace Context); nil when it is not one: the standard has it ignored then.
    let trace: String?

    init(_ fields: HTTPFields) {
        idempotencyKey = fields[.idempotencyKey].map(Self.unquoted)
        trace = Self.trace(fields)
    }

    static func trace(_ fields: HTTPFields) -> String? { fields[.traceParent].flatMap { isTrace($0) ? $0 : nil } }

    private init(idempotencyKey: String, trace: String?) {
        self.idempotencyKey = idempotencyKey
        self.trace = trace
    }

    /// The same with the key of the body; throws 422 when the head has another.
    func with(key: String) throws(APIError) -> RequestHeaders {
        guard idempotencyKey ?? key == key else {
            throw .invalid([.init(path: "idempotency_key", message: Self.second)], "Invalid idempotency key")
        }
        return RequestHeaders(idempotencyKey: key, trace: trace)
    }

    static let second = "is another one than the header's"

    /// The key of a header; an empty one, which no store takes, where that is no visible ASCII or badly quoted.
    private static func unquoted(_ text: String) -> String {
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return "" }
        guard text.hasPrefix("\"") else { return text }
        let inner = text.dropFirst().dropLast()
        return text.utf8.count >= 2 && text.hasSuffix("\"") && !inner.contains("\"") ? String(inner) : ""
    }

    private static func isTrace(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.map(\.count) == [2, 32, 16, 2] else { return false }
        // Version ff and ids of zeros are forbidden.
        let isNothing = parts[0].elementsEqual("ff".utf8) || parts[1...2].contains { $0.allSatisfy { $0 == 48 } }
        return !isNothing && parts.joined().allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }
}

extension JobEnvelope {
    /// Takes over what the head says; `digest` stands for the request's bytes. A key in the body and another in the head
    /// are one too many.
    mutating func take(_ headers: RequestHeaders, digest: @autoclosure () -> String) {
        job.trace = headers.trace
        if let header = headers.idempotencyKey, let idempotencyKey, header != idempotencyKey {
            reader.add("idempotency_key", RequestHeaders.second)
        }
        guard let key = idempotencyKey ?? headers.idempotencyKey else { return }
        identify(IdempotencyKey(key: key, digest: digest()))
    }

    /// Gives the request a name.
    mutating func identify(_ key: IdempotencyKey) {
        job.idempotency = key
        reader.add(job.issues.filter { $0.path == "idempotency_key" })
    }
}
