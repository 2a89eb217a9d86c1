import RoostJobs

extension JobEnvelope {
    /// `"key"`, or `{"key":…|"by":"content","period"?,"on_conflict"?}`.
    mutating func unique(_ value: JSONSlice) -> UniqueRule? {
        if value.kind == .string { return value.string.map { makeRule($0, "unique") } }
        guard let object = reader.take(value.object, "unique", "must be a string or an object") else { return nil }
        var rule: UniqueRule?
        var period: Duration?
        var conflict = UniqueRule.Conflict.reject
        for (key, value) in object.members where value.kind != .null {
            let path = "unique.\(key)"
            switch key {
            case "key":
                if rule != nil { reader.add(path, "cannot be given together with by") }
                rule = reader.string(value, path).map { makeRule($0, path) }
            case "by":
                if rule != nil { reader.add(path, "cannot be given together with key") }
                guard value.string == "content" else {
                    reader.add(path, "must be content")
                    continue
                }
                isUniqueByContent = true
                rule = UniqueRule(key: "content")
            case "period": period = reader.seconds(value, path)
            case "on_conflict": conflict = reader.word(value, path) ?? .reject
            default: reader.add(path, "is not a field of unique")
            }
        }
        if !object.has("key"), !object.has("by") { reader.add("unique.key", "is missing") }
        rule?.period = period
        rule?.conflict = conflict
        return rule
    }

    private mutating func makeRule(_ key: String, _ path: String) -> UniqueRule {
        let isReserved = key.hasPrefix(Self.reservedKeys) || key.hasPrefix(Self.contentKeys)
        if isReserved { reader.add(path, "must not start with \(Self.reservedKeys) or \(Self.contentKeys)") }
        return UniqueRule(key: key)
    }

    /// Keys with this prefix are digests of what a job is.
    static let contentKeys = "content:"

    /// The same for two jobs of the same type, queue and payload bytes.
    var contentKey: String {
        let separator: [UInt8] = [0]
        return Self.contentKeys
            + ContentDigest.hex(Array(job.type.utf8) + separator + Array(job.queue.utf8) + separator + job.payload)
    }

    /// `{"kind":"exponential"|"fixed"|"list",…}`, or a bare list of seconds.
    mutating func retry(_ value: JSONSlice) -> RetryPolicy? {
        if value.kind == .array { return delays(value, "retry").map { RetryPolicy(.list($0)) } }
        guard let object = reader.take(value.object, "retry", "must be an object or an array of seconds"),
            let kind: RetryKind = object["kind"].map({ reader.word($0, "retry.kind") })
                ?? reader.take(nil, "retry.kind", "is missing")
        else { return nil }
        var base = Duration.seconds(2)
        var cap = Duration.seconds(3600)
        var delay: Duration?
        var delays: [Duration]?
        var jitter = kind == .exponential ? 0.2 : 0
        for (key, value) in object.members where value.kind != .null && key != "kind" {
            let path = "retry.\(key)"
            switch (kind, key) {
            case (_, "jitter"): jitter = reader.share(value, path) ?? jitter
            case (.exponential, "base"): base = reader.seconds(value, path) ?? base
            case (.exponential, "cap"): cap = reader.seconds(value, path) ?? cap
            case (.fixed, "delay"): delay = reader.seconds(value, path)
            case (.list, "delays"): delays = self.delays(value, path)
            default: reader.add(path, "is not a field of the retry kind \(kind.rawValue)")
            }
        }
        switch kind {
        case .exponential: return RetryPolicy(.exponential(base: base, cap: cap), jitter: jitter)
        case .fixed:
            if !object.has("delay") { reader.add("retry.delay", "is missing") }
            return delay.map { RetryPolicy(.fixed($0), jitter: jitter) }
        case .list:
            if !object.has("delays") { reader.add("retry.delays", "is missing") }
            return delays.map { RetryPolicy(.list($0), jitter: jitter) }
        }
    }

    private mutating func delays(_ value: JSONSlice, _ path: String) -> [Duration]? {
        // One that is wrong keeps its place, so that nothing is said of the list's length because of it.
        reader.elements(value, path, most: RetryPolicy.listLimit)?.enumerated()
            .map { reader.seconds($1, "\(path)[\($0)]") ?? .zero }
    }
}

/// The shapes of waits between attempts.
private enum RetryKind: String, CaseIterable {
    case exponential, fixed, list
}
