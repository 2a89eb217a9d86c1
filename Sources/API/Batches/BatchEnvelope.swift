import RoostJobs

/// A batch as it comes over the wire.
struct BatchEnvelope {
    private(set) var name: String?
    private(set) var members: [JobEnvelope] = []
    private(set) var onComplete: JobEnvelope?
    private(set) var onSuccess: JobEnvelope?
    /// Whether each member waits for the one before it.
    private(set) var isChain = false
    /// Whether more members may be added afterwards.
    private(set) var staysOpen = false
    private(set) var idempotencyKey: String?
    /// What is wrong, the store's limits included.
    private(set) var issues: [NewJob.Issue] = []

    init(_ object: JSONObject, configuration: APIConfiguration) {
        var reader = FieldReader(limit: configuration.maximumIssues)
        for (key, value) in object.members where value.kind != .null { read(key, value, &reader, configuration) }
        // Read after `open`, wherever that stands: an open batch may have no members yet.
        switch object["jobs"] {
        case .some(let jobs) where jobs.kind != .null: readMembers(jobs, &reader, configuration)
        default: if !staysOpen { reader.add("jobs", "is missing") }
        }
        reader.add((onComplete?.issues ?? []) + (onSuccess?.issues ?? []))
        issues = reader.issues
    }

    private mutating func read(
        _ key: String, _ value: JSONSlice, _ reader: inout FieldReader, _ configuration: APIConfiguration
    ) {
        switch key {
        case "name":
            guard let name = reader.string(value, key) else { return }
            self.name = reader.take(JobName.isValid(name) ? name : nil, key, "is not a valid name")
        case "chain": isChain = reader.bool(value, key) ?? false
        case "open": staysOpen = reader.bool(value, key) ?? false
        case "idempotency_key": idempotencyKey = reader.string(value, key)
        case "on_complete": onComplete = follower(value, key, &reader, configuration)
        case "on_success": onSuccess = follower(value, key, &reader, configuration)
        case "jobs": break
        default: reader.add(key, "is not a field of a batch")
        }
    }

    private func follower(
        _ value: JSONSlice, _ path: String, _ reader: inout FieldReader, _ configuration: APIConfiguration
    ) -> JobEnvelope? {
        reader.job(value, path).map {
            JobEnvelope($0, place: .follower, path: "\(path).", configuration: configuration)
        }
    }

    private mutating func readMembers(
        _ value: JSONSlice, _ reader: inout FieldReader, _ configuration: APIConfiguration
    ) {
        let elements = reader.elements(value, "jobs", most: JobLimits.batchMembers) ?? []
        if elements.isEmpty, value.kind == .array, !staysOpen {
            reader.add("jobs", "must have 1 to \(JobLimits.batchMembers)")
        }
        for (index, element) in elements.enumerated() {
            let path = "jobs[\(index)]"
            guard let object = reader.job(element, path) else { continue }
            let member = JobEnvelope(object, place: .member, path: "\(path).", configuration: configuration)
            if member.payloadKind == nil { reader.add("\(path).payload", "is missing") }
            reader.add(member.issues)
            members.append(member)
        }
    }
}
