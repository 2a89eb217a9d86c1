import HTTPTypes
public import HummingbirdCore
public import RoostJobs
import Synchronization

/// Decides who comes in. One for a process: its routes, and those of others that want the same rules, share what it knows.
public final class AccessGate: Sendable {
    let policy: AccessPolicy
    let meter: AccessMeter
    let directory: TokenDirectory
    private let store: any DocumentStore
    private let origins: Set<String>

    /// A gate for a store's tokens.
    public convenience init(store: any DocumentStore, configuration: APIConfiguration) {
        self.init(store: store, configuration: configuration, freshness: .init())
    }

    init(store: any DocumentStore, configuration: APIConfiguration, freshness: TokenFreshness) {
        self.store = store
        policy = configuration.access
        origins = Set(configuration.allowedOrigins)
        meter = configuration.metrics.access
        directory = TokenDirectory(store, freshness: freshness)
    }

    /// Whether a request may use a route of another table that needs a scope; nil: it may, else the refusal to answer it
    /// with. A browser's session counts: an event stream cannot bring a token.
    public func refusal(of request: Request, needing scope: Scope) async -> Response? {
        do throws(APIError) {
            _ = try await admit(request, needing: scope)
            return nil
        } catch {
            var response = error.response(to: request)
            response.headers[.cacheControl] = "no-store"
            return response
        }
    }

    /// Who sent a request; throws the refusal of one that may not do what needs the scope.
    func admit(_ request: Request, needing scope: Scope) async throws(APIError) -> Caller {
        let isReading = request.method == .get || request.method == .head
        guard policy.asksForTokens || !isReading else { return .anyone }
        let credentials = Credentials(request.headers)
        if !isReading { try checkPage(request, credentials) }
        guard policy.asksForTokens else { return .anyone }
        if scope == .open { return .stranger }
        let caller = try await caller(credentials)
        guard caller.may(scope, reading: isReading) else {
            meter.refused(.scope)
            throw .forbidden(needing: scope)
        }
        do throws(APIError) { try await caller.account?.takeRequest() } catch {
            meter.refused(.rate)
            var error = error
            if let account = caller.account { error.headers.append(contentsOf: account.headers) }
            throw error
        }
        return caller
    }

    /// Who has these credentials; throws 401, or 503 where that cannot be known.
    func caller(_ credentials: Credentials) async throws(APIError) -> Caller {
        guard case .tokens(let admin) = policy else { return .anyone }
        let text: String
        let source: Caller.Source
        switch credentials {
        case .none:
            meter.refused(.missing)
            throw .missingCredentials
        case .unreadable:
            meter.refused(.invalid)
            throw .invalidCredentials
        case .bearer(let token): (text, source) = (token, .token)
        case .session(let token): (text, source) = (token, .session)
        }
        if let admin, SecretDigest(of: text).isSame(as: admin.digest) { return .environment(admin, source: source) }
        guard let token = AccessToken(text) else {
            meter.refused(.invalid)
            throw .invalidCredentials
        }
        let record: TokenRecord?
        do throws(TokenDirectory.Unavailable) { record = try await directory.record(token.id) } catch {
            meter.refused(.unavailable)
            throw .accessUnknown
        }
        // The same work, whether there is such a token or not.
        let isSame = token.digest.isSame(as: record?.digest ?? .none)
        guard let record, isSame, !record.hasEnded(at: .now()) else {
            meter.refused(.invalid)
            throw .invalidCredentials
        }
        return .token(record, store: store, source: source)
    }

    /// Refuses what a page of another site had a browser send: the browser is inside a network, and has a session, where
    /// the page has neither. A token in the head shows that a page may know it.
    private func checkPage(_ request: Request, _ credentials: Credentials) throws(APIError) {
        let isAllowed: Bool
        switch (credentials, policy) {
        case (.bearer, .tokens), (.unreadable, .tokens): return
        case (.session, .tokens): isAllowed = BrowserOrigin(request) == .same
        default:
            switch BrowserOrigin(request) {
            case .untold: return
            case .other(let origin): isAllowed = origins.contains("*") || origins.contains(origin)
            case .same:
                // Where nothing else is asked for, a name that somebody's DNS has pointed here would be enough.
                let host = request.head.authority ?? ""
                isAllowed =
                    policy.asksForTokens || BrowserOrigin.isAddress(host) || origins.contains("*")
                    || request.headers[.origin].map { origins.contains($0) } ?? true
            }
        }
        guard isAllowed else {
            meter.refused(.origin)
            throw .foreignPage
        }
    }
}
