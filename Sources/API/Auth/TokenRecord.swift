import NIOCore
public import RoostJobs

/// What the store keeps of a token.
public struct TokenRecord: Sendable {
    /// The token's id, and the name of the document.
    public let id: String
    /// Who it is for, in the audit log too.
    public var name: String
    /// What it may do.
    public var scopes: Set<Scope>
    let digest: SecretDigest
    /// When it was made.
    public var createdAt: Timestamp
    /// Who made it; nil: somebody with the store.
    public var createdBy: String?
    /// When it ends; nil: never.
    public var expiresAt: Timestamp?
    /// Requests in a time; nil: any number.
    public var rate: RateLimit?
    /// Jobs a day; nil: any number.
    public var quota: Int?
    /// The tenant its jobs belong to; nil: whichever they say.
    public var tenant: String?

    /// The record of a token that is made now.
    init(_ token: AccessToken, _ order: TokenOrder, createdBy: String?, now: Timestamp) {
        id = token.id
        digest = token.digest
        name = order.name
        scopes = order.scopes
        createdAt = now
        self.createdBy = createdBy
        expiresAt = order.lifetime.map { now.advanced(by: $0) }
        rate = order.rate
        quota = order.quota
        tenant = order.tenant
    }

    /// Reads a document; nil for what is none of a token.
    public init?(_ document: Document) {
        guard AccessToken.isID(document.name), let object = try? JSONScanner.parseObject(document.body),
            let name = object["name"]?.string, let digest = object["sha256"]?.string.flatMap({ SecretDigest(hex: $0) }),
            let createdAt = object["created_at"]?.string.flatMap({ Timestamp(rfc3339: $0) }),
            let scopes = object["scopes"].flatMap({ try? JSONScanner.parseArray($0.bytes) })
        else { return nil }
        id = document.name
        self.name = name
        self.digest = digest
        self.createdAt = createdAt
        // A scope of a later version is nothing this one could allow.
        self.scopes = Set(scopes.compactMap { $0.string.flatMap { Scope(rawValue: $0) } })
        createdBy = object["created_by"]?.string
        if let text = object["expires_at"]?.string {
            // An end that cannot be read is not taken for none.
            guard let moment = Timestamp(rfc3339: text) else { return nil }
            expiresAt = moment
        }
        rate = object["rate"]?.object.flatMap { rate in
            guard let count = rate["count"]?.int, let period = rate["period"]?.int else { return nil }
            return RateLimit(count: count, period: .seconds(min(max(1, period), 86_400)))
        }
        quota = object["quota"]?.int
        tenant = object["tenant"]?.string
    }

    /// Whether its time is over.
    func hasEnded(at now: Timestamp) -> Bool { expiresAt.map { $0 <= now } ?? false }

    /// The document's body.
    var body: [UInt8] {
        var json = JSONWriter(capacity: 512)
        json.object { json in
            json.field("v", 1)
            json.fields(self)
            json.field("sha256", digest.hex)
        }
        return Array(json.buffer.readableBytesView)
    }
}

extension JSONWriter {
    /// What may be shown of a token.
    mutating func fields(_ token: TokenRecord) {
        field("name", token.name)
        key("scopes")
        array { json in for scope in Scope.grantable where token.scopes.contains(scope) { json.string(scope.rawValue) }
        }
        field("created_at", token.createdAt)
        field("created_by", token.createdBy)
        field("expires_at", token.expiresAt)
        key("rate")
        if let rate = token.rate {
            object { json in
                json.field("count", rate.count)
                json.field("period", seconds: rate.period)
            }
        } else {
            null()
        }
        key("quota")
        if let quota = token.quota { int(quota) } else { null() }
        field("tenant", token.tenant)
    }
}
