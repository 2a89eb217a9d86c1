import Crypto
import RoostJobs

/// Who sent a request, and what that one may do.
struct Caller: Sendable {
    /// The name of the token.
    let name: String
    let scopes: Set<Scope>
    /// The record of the token; nil: there is none, as for the environment's or where none is asked for.
    private(set) var token: TokenRecord?
    /// What it may use up; nil: everything.
    private(set) var account: CallerAccount?
    /// Where its credentials were.
    private(set) var source = Source.none
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
        var caller = Caller(name: "ROOST_ADMIN_TOKEN", scopes: Set(Scope.allCases), key: admin.digest)
        caller.source = source
        return caller
    }

    /// A token of the store.
    static func token(_ record: TokenRecord, store: any DocumentStore, source: Source) -> Caller {
        var caller = Caller(name: record.name, scopes: record.scopes.union([.open]), key: record.digest)
        caller.token = record
        caller.source = source
        if record.rate != nil || record.quota != nil { caller.account = CallerAccount(record, store: store) }
        return caller
    }

    private init(name: String, scopes: Set<Scope>, key: SecretDigest?) {
        self.name = name
        self.scopes = scopes
        self.key = key
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
