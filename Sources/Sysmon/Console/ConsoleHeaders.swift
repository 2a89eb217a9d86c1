import HTTPTypes
import Hummingbird

/// Headers that keep the console to itself: nothing foreign is loaded, nobody frames it, nothing is guessed.
struct ConsoleHeaders<Context: RequestContext>: RouterMiddleware {
    static var policy: String {
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    }

    @concurrent func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        for (name, value) in Self.fields { response.headers[name] = value }
        return response
    }

    private static var fields: [(HTTPField.Name, String)] {
        [
            (.contentSecurityPolicy, policy), (.xContentTypeOptions, "nosniff"),
        ]
            + [
                ("Referrer-Policy", "no-referrer"), ("X-Frame-Options", "DENY"),
                ("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin"),
            ].compactMap { name, value in HTTPField.Name(name).map { ($0, value) } }
    }
}

extension Request {
    /// Whether a page of another site asks, as browsers tell. Such a page could not read the answer, but could take all
    /// streams.
    var isFromElsewhere: Bool {
        guard let name = HTTPField.Name("Sec-Fetch-Site"), let site = headers[name] else { return false }
        return site != "same-origin" && site != "none"
    }
}
