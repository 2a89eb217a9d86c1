import HTTPTypes
import Hummingbird
import HummingbirdCore
import RoostJobs
import Synchronization

/// Who one is, and the sessions of browsers, which bring their token in a cookie.
struct SessionRoutes: Sendable {
    let gate: AccessGate
    let configuration: APIConfiguration
    let audit: AuditLog
    private let attempts = LoginAttempts()

    init(gate: AccessGate, configuration: APIConfiguration, audit: AuditLog) {
        self.gate = gate
        self.configuration = configuration
        self.audit = audit
    }

    var routes: [APIRoute] {
        let routes: [APIRoute] = [
            .get("/whoami", .whoAmI) { request, _ in
                try await Self.reply(gate.caller(Credentials(request.headers)), gate)
            },
            .post("/login", .logIn) { request, context in try await logIn(request, context) },
            .post("/logout", .logOut) { request, _ in logOut(request) },
        ]
        return routes.map { $0.needing(.open) }
    }

    private func logIn(_ request: Request, _ context: APIRequestContext) async throws -> Response {
        let source = context.peer ?? ""
        let token = try await token(request)
        guard gate.policy.asksForTokens else { return Self.reply(.anyone, gate) }
        let caller: Caller
        do throws(APIError) { caller = try await gate.caller(.session(token)) } catch {
            guard error.status == .unauthorized else { throw error }
            // Only for who is wrong: behind a proxy all come from one address, and a stranger must not lock the door.
            if let wait = attempts.wait(source) {
                gate.meter.refused(.login)
                var error = APIError(.tooManyRequests, "Too many tokens were wrong")
                error.headers[.retryAfter] = String(wait.components.seconds + 1)
                throw error
            }
            await failed(source, request, context)
            throw error
        }
        var response = Self.reply(caller, gate)
        response.headers[.setCookie] = SessionCookie.begin(token, for: request, path: configuration.sessionPath)
        return response
    }

    private func token(_ request: Request) async throws -> String {
        let bytes = try await request.bytes(
            upTo: min(4096, configuration.maximumBodyBytes), within: configuration.bodyDeadline)
        var reader = FieldReader(limit: configuration.maximumIssues)
        var token: String?
        let object = try JSONObject.parse(body: bytes)
        for (key, value) in object.members where value.kind != .null {
            if key == "token" {
                token = reader.string(value, key)
            } else {
                reader.add(key, "is not a field of a login")
            }
        }
        if !object.has("token") { reader.add("token", "is missing") }
        guard reader.issues.isEmpty, let token else { throw APIError.invalid(reader.issues, "Invalid login") }
        // What no cookie could hold is no token, and takes the way of every wrong one.
        let isPossible = token.utf8.count <= Credentials.longest && token.utf8.allSatisfy(AdminToken.isAllowed)
        return isPossible ? token : ""
    }

    private func failed(_ source: String, _ request: Request, _ context: APIRequestContext) async {
        guard let omitted = attempts.failed(source) else { return }
        var entry = AuditEntry("logIn", request, context)
        entry.route = "POST /login"
        entry.status = 401
        entry.omitted = omitted
        await audit.add(entry, logger: context.logger)
    }

    private func logOut(_ request: Request) -> Response {
        var response = Response(status: .noContent)
        response.headers[.setCookie] = SessionCookie.end(for: request, path: configuration.sessionPath)
        response.headers[.cacheControl] = "no-store"
        return response
    }

    private static func reply(_ caller: Caller, _ gate: AccessGate) -> Response {
        var json = JSONWriter()
        json.object { json in
            json.field("name", caller.name)
            json.field("id", caller.token?.id)
            json.key("scopes")
            json.array { json in
                for scope in Scope.grantable where caller.scopes.contains(scope) { json.string(scope.rawValue) }
            }
            json.field("via", caller.source.rawValue)
            json.field("auth", gate.policy.asksForTokens ? "required" : "off")
            json.field("expires_at", caller.token?.expiresAt)
            json.field("tenant", caller.tenant)
        }
        var response = Response(json: json)
        response.headers[.cacheControl] = "no-store"
        return response
    }
}

/// Wrong tokens at the login of this process: each address has a limit, and the audit log one for all.
private final class LoginAttempts: Sendable {
    private struct State {
        var sources = FailureLimiter()
        /// Few enough that strangers cannot push what people did out of the log.
        var written = FailureLimiter(limit: 10, window: .seconds(86_400))
        var omitted = 0
    }

    private let state = Mutex(State())

    /// How long an address has to wait; nil: not at all.
    func wait(_ source: String) -> Duration? { state.withLock { $0.sources.wait(source, now: .now) } }

    /// Counts one. When it is to be written down, how many were not since the last one that was; else nil.
    func failed(_ source: String) -> Int? {
        state.withLock { state in
            _ = state.sources.add(source, now: .now)
            guard state.written.add("", now: .now) else {
                state.omitted += 1
                return nil
            }
            defer { state.omitted = 0 }
            return state.omitted
        }
    }
}
