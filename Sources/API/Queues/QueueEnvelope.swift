import RoostJobs

/// A change of a queue's settings as it comes over the wire; null clears a limit.
struct QueueEnvelope {
    private(set) var change = QueueChange()
    /// What is wrong, the store's limits included.
    var issues: [NewJob.Issue] { reader.issues }
    private var reader: FieldReader

    init(_ object: JSONObject, queue: String, limit: Int) {
        reader = FieldReader(limit: limit)
        for (key, value) in object.members { read(key, value) }
        reader.add(change.issues(queue: queue))
    }

    private mutating func read(_ key: String, _ value: JSONSlice) {
        switch key {
        // Not a limit that could be cleared: null is not given.
        case "paused" where value.kind == .null: break
        case "paused": change.isPaused = reader.bool(value, key)
        case "searchable" where value.kind == .null: break
        case "searchable": change.isSearchable = reader.bool(value, key)
        case "concurrency": change.concurrency = number(value, key)
        case "tenant_concurrency": change.tenantConcurrency = number(value, key)
        case "quota": change.quota = number(value, key)
        case "rate": change.rate = rate(value, key)
        case "tenant_rate": change.tenantRate = rate(value, key)
        default: reader.add(key, "is not a setting of a queue")
        }
    }

    private mutating func number(_ value: JSONSlice, _ path: String) -> Int?? {
        if value.kind == .null { return .some(nil) }
        return reader.int(value, path).map { .some($0) }
    }

    private mutating func rate(_ value: JSONSlice, _ path: String) -> RateLimit?? {
        if value.kind == .null { return .some(nil) }
        return reader.rate(value, path).map { .some($0) }
    }
}
