import HTTPTypes
import HummingbirdCore

/// Which web pages of other origins may use the API (the Fetch standard's CORS protocol). Credentials of a browser are
/// never used: a page that may come in brings its token.
struct CrossOrigin: Sendable {
    private let origins: Set<String>

    init(_ configuration: APIConfiguration) { origins = Set(configuration.allowedOrigins) }

    /// The origin of a request that may come in, as the reply names it.
    private func allowed(_ request: Request) -> String? {
        guard !origins.isEmpty, let origin = request.headers[.origin] else { return nil }
        return origins.contains("*") ? "*" : origins.contains(origin) ? origin : nil
    }

    /// Adds to a reply that the page may read it.
    func mark(_ response: inout Response, to request: Request) {
        guard !origins.isEmpty else { return }
        // A cache must not give one page what another was given.
        response.headers[values: .vary].append("Origin")
        guard let origin = allowed(request) else { return }
        response.headers[.accessControlAllowOrigin] = origin
        response.headers[.accessControlExposeHeaders] = Self.exposed
    }

    /// What a browser's question before the request is answered: 204 with these; nil when it is no such question.
    func preflight(_ request: Request, methods: [HTTPRequest.Method]) -> HTTPFields? {
        guard allowed(request) != nil, request.headers[.accessControlRequestMethod] != nil else { return nil }
        return [
            .accessControlAllowMethods: methods.map(\.rawValue).joined(separator: ", "),
            .accessControlAllowHeaders: Self.headers, .accessControlMaxAge: "600",
        ]
    }

    private static let headers =
        "Accept, Authorization, Content-Type, Idempotency-Key, If-None-Match, Prefer, traceparent, X-Request-ID"
    private static let exposed =
        "ETag, Idempotent-Replayed, Link, Location, RateLimit, RateLimit-Policy, Retry-After, traceparent, X-Request-ID, "
        + "X-Total-Count"
}
