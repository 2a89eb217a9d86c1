import Crypto
import RoostJobs

/// Who sent a request, and what that one may do. In one place: it goes along with a request wherever that goes.
final class Caller: Sendable {
    /// The name of the token.
    let name: String
    let scopes: Set<Scope>
    /// The record of the token; nil: there is none, as for the environment's or where none is asked for.
    let token: TokenRecord?
    /// What it may use up; nil: everything.
    let account: CallerAccount?
    /// Where its credentials were.
    let source: Source
    private let key: SecretDigest?

    enum Source: String, Sendable {
        case none, token, session
    }

    /// Anybody, where no token is asked for.
    static let anyone = Caller(name: "anyone", scopes: Set(Scope.allCases), key: nil)
    /// Anybody on a route for all, where others need a token.
    static let stranger = Caller(name: "anyone", scopes: [.open], key: nil)

    /// The token of the environment.
    static func environment(_ admin: AdminToken, source: Source) -> Caller {
        Caller(name: "ROOST_ADMIN_TOKEN", scopes: Set(Scope.allCases), key: admin.digest, source: source)
    }

    /// A token of the store.
    static func token(_ record: TokenRecord, store: any DocumentStore, source: Source) -> Caller {
        let isMetered = record.rate != nil || record.quota != nil
        return Caller(
            name: record.name, scopes: record.scopes.union([.open]), key: record.digest, source: source, token: record,
            account: isMetered ? CallerAccount(record, store: store) : nil)
    }

    private init(
        name: String, scopes: Set<Scope>, key: SecretDigest?, source: Source = .none, token: TokenRecord? = nil,
        account: CallerAccount? = nil
    ) {
        self.name = name
        self.scopes = scopes
        self.key = key
        self.source = source
        self.token = token
        self.account = account
    }

    /// Whether it may use a route. Who may look at everything may also look at what those may who give work.
    func may(_ scope: Scope, reading: Bool) -> Bool {
        scopes.contains(scope) || scopes.contains(.admin) || (reading && scope == .submit && scopes.contains(.read))
    }

    /// The tenant its jobs belong to.
    var tenant: String? { token?.tenant }

    /// What stands for data it gives: 128 bits of HMAC-SHA-256 under a key nobody else has; nil where there are no
    /// callers to tell apart.
    func mark(of data: [UInt8]) -> [UInt8]? {
        guard let key else { return nil }
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("work:".utf8) + data, using: SymmetricKey(data: key.bytes))
        return Array(code.prefix(16))
    }

    /// Takes jobs from what it may give a day; throws 429 when they are more than is left. A request that is repeated is
    /// counted again.
    func charge(jobs count: Int) async throws(APIError) { try await account?.take(jobs: count) }
}
