import RoostJobs

/// A token somebody wants, as it comes over the wire.
struct TokenEnvelope {
    /// What to make; nil when something is wrong.
    private(set) var order: TokenOrder?
    /// What is wrong.
    private(set) var issues: [NewJob.Issue]

    private var reader: FieldReader
    private var found = TokenOrder(name: "", scopes: [])
    private var role: AccessRole?

    init(_ object: JSONObject, limit: Int) {
        reader = FieldReader(limit: limit)
        issues = []
        for (key, value) in object.members where value.kind != .null { read(key, value) }
        if object.has("role"), object.has("scopes") { reader.add("role", "cannot be given together with scopes") }
        if let role { found.scopes = role.scopes }
        for (key, isThere) in [("name", object.has("name")), ("scopes", object.has("scopes") || object.has("role"))]
        where !isThere { reader.add(key, "is missing") }
        if reader.issues.isEmpty { reader.add(found.issues) }
        issues = reader.issues
        if issues.isEmpty { order = found }
    }

    private mutating func read(_ key: String, _ value: JSONSlice) {
        switch key {
        case "name": found.name = reader.string(value, key) ?? ""
        case "scopes":
            let words = reader.strings(value, key, most: Scope.grantable.count) ?? []
            found.scopes = Set(words.compactMap { Scope(rawValue: $0) })
            if found.scopes.count < words.count || !found.scopes.isSubset(of: Scope.grantable) {
                reader.add(key, "must be some of \(TokenOrder.scopes), each once")
            }
        case "role": role = reader.word(value, key)
        case "expires_in": found.lifetime = reader.seconds(value, key)
        case "rate": found.rate = reader.rate(value, key)
        case "quota": found.quota = reader.int(value, key)
        case "tenant": found.tenant = reader.string(value, key)
        default: reader.add(key, "is not a field of a token")
        }
    }
}
