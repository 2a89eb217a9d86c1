import HTTPTypes
import RoostJobs
import Testing

@testable import RoostAPI

/// An API that asks for tokens, and tokens for it. The store is one that can be away.
struct AccessRig: Sendable {
    static let admin = "0123456789abcdefghijklmnopqrstuv"

    let rig: APIRig
    let store = MemoryStore()

    init(_ change: (inout APIConfiguration) -> Void = { _ in }) throws {
        var rig = APIRig(store: store)
        rig.configuration.access = .tokens(admin: AdminToken(Self.admin))
        change(&rig.configuration)
        self.rig = rig
    }

    /// Makes a token in the store, as the command line does.
    func token(
        _ scopes: Set<Scope>, name: String = "t", lifetime: Duration? = nil, rate: RateLimit? = nil,
        quota: Int? = nil, tenant: String? = nil
    ) async throws -> AccessToken {
        let order = TokenOrder(
            name: name, scopes: scopes, lifetime: lifetime, rate: rate, quota: quota, tenant: tenant)
        return try await TokenVault(store).make(order).token
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, as token: String? = nil,
        headers: HTTPFields = [:]
    ) async throws -> Reply {
        var headers = headers
        if let token { headers[.authorization] = "Bearer \(token)" }
        return try await rig.send(method, path, body, headers: headers)
    }

    func get(_ path: String, as token: String? = nil, headers: HTTPFields = [:]) async throws -> Reply {
        try await send(.get, path, as: token, headers: headers)
    }

    func post(
        _ path: String, _ body: String, as token: String? = nil, headers: HTTPFields = [:]
    ) async throws -> Reply {
        try await send(.post, path, body, as: token, headers: headers)
    }

    /// What the audit log holds, the newest first.
    func audit() async throws -> [JSONObject] {
        try await get("/audit", as: Self.admin).rows()
    }
}

extension HTTPField.Name {
    static let fetchSiteHeader = HTTPField.Name("Sec-Fetch-Site") ?? .origin
}
