public import RoostJobs

/// A token that somebody wants.
public struct TokenOrder: Sendable {
    /// Who it is for.
    public var name: String
    /// What it may do.
    public var scopes: Set<Scope>
    /// How long it holds; nil: for ever.
    public var lifetime: Duration?
    /// Requests in a time.
    public var rate: RateLimit?
    /// Jobs a day.
    public var quota: Int?
    /// The tenant its jobs belong to.
    public var tenant: String?

    /// An order.
    public init(
        name: String, scopes: Set<Scope>, lifetime: Duration? = nil, rate: RateLimit? = nil, quota: Int? = nil,
        tenant: String? = nil
    ) {
        self.name = name
        self.scopes = scopes
        self.lifetime = lifetime
        self.rate = rate
        self.quota = quota
        self.tenant = tenant
    }

    /// The most requests a rate may allow, and jobs a quota.
    static let most = 1_000_000_000

    /// What is wrong with it.
    public var issues: [NewJob.Issue] {
        var issues: [NewJob.Issue] = []
        func check(_ isFine: Bool, _ path: String, _ message: String) {
            if !isFine { issues.append(.init(path: path, message: message)) }
        }
        let isName = "must be 1 to \(JobLimits.nameBytes) characters of A-Z a-z 0-9 _ . - / @ :"
        check(JobName.isValid(name), "name", isName)
        check(
            !scopes.isEmpty && scopes.isSubset(of: Scope.grantable), "scopes", "must be one or more of \(Self.scopes)")
        if let lifetime {
            check((.seconds(1)...JobLimits.longest).contains(lifetime), "expires_in", "must be 1 second to ten years")
        }
        if let rate {
            check((1...Self.most).contains(rate.count), "rate", "must allow 1 to \(Self.most) requests")
            let isWhole =
                rate.period.components.attoseconds == 0 && (.seconds(1)...(.seconds(86_400))).contains(rate.period)
            check(isWhole, "rate", "must be for a whole number of seconds, at most a day")
        }
        if let quota { check((1...Self.most).contains(quota), "quota", "must be 1 to \(Self.most) jobs a day") }
        if let tenant { check(JobName.isValid(tenant), "tenant", isName) }
        return issues
    }

    static let scopes = Scope.grantable.map(\.rawValue).joined(separator: ", ")
}
