import RoostJobs

/// Which jobs are meant, put together from qualifiers; what is wrong is collected.
struct JobFilter {
    /// What to ask the store for.
    private(set) var query = JobQuery()
    /// Whether anything was said.
    private(set) var isEmpty = true
    var issues: [NewJob.Issue] { reader.issues }
    private var reader: FieldReader
    private var given: Set<String> = []

    init(limit: Int) { reader = FieldReader(limit: limit) }

    /// Adds the qualifiers of a search; `path` is where it stood.
    mutating func add(_ text: String, path: String) {
        let search = SearchText(text)
        for fault in search.faults { reader.add(path, fault) }
        for (name, value) in search.pairs { add(name, value, path: path) }
    }

    /// Adds the members of an object: strings, and numbers and true or false as they are written.
    mutating func add(_ object: JSONObject, path: String) {
        for (name, value) in object.members where value.kind != .null {
            switch value.kind {
            case .string: add(name, value.string ?? "", path: path)
            case .number, .bool:
                // A type, a state or an error is a text; only fields of payloads are other things.
                if Self.qualifiers.contains(name) {
                    reader.add("\(path).\(name)", "must be a string")
                } else {
                    add(name, String(decoding: value.bytes, as: UTF8.self), path: path)
                }
            default: reader.add("\(path).\(name)", "must be a string, a number, true or false")
            }
        }
    }

    private static let qualifiers: Set = [
        "type", "queue", "tenant", "tag", "state", "status", "node", "worker", "error", "since", "until",
    ]

    /// Adds one qualifier. One that has no meaning of its own is a searchable field.
    mutating func add(_ name: String, _ value: String, path: String) {
        isEmpty = false
        let place = "\(path).\(name)"
        let known = ["status": "state", "worker": "node"][name] ?? name
        guard given.insert(known).inserted else { return reader.add(place, "is given twice") }
        switch known {
        case "type": query.type = self.name(value, place)
        case "queue": query.queue = self.name(value, place)
        case "tenant": query.tenant = self.name(value, place)
        case "tag": query.tag = self.name(value, place, most: JobLimits.tagBytes)
        case "state":
            let words = JobState.allCases.map(\.rawValue).joined(separator: ", ")
            query.state = reader.take(JobState(rawValue: value), place, "must be one of \(words)")
        case "node":
            let isName = !value.isEmpty && value.utf8.count <= 256 && value.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
            query.worker = reader.take(isName ? value : nil, place, "must be the name of a worker")
        case "error":
            let isText = (1...JobLimits.errorBytes).contains(value.utf8.count) && !value.utf8.contains(0)
            query.error = reader.take(
                isText ? value : nil, place, "must be 1 to \(JobLimits.errorBytes) bytes without NUL")
        case "since": query.since = moment(value, place)
        case "until": query.until = moment(value, place)
        default: addTerm(name, value, place)
        }
    }

    /// The state that the place of the search decides.
    mutating func fix(_ state: JobState) {
        given.insert("state")
        query.state = state
    }

    private mutating func addTerm(_ name: String, _ value: String, _ place: String) {
        // For a field that is called as one of the others.
        let prefix = "payload."
        let field = name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
        guard JobName.isValid(field), field.utf8.count <= JobLimits.termFieldBytes else {
            return reader.add(place, "is neither a qualifier nor a field's name")
        }
        guard SearchTerm.isValid(field: field, value: value) else {
            return reader.add(place, "must be 1 to \(JobLimits.termValueBytes) bytes")
        }
        query.terms[field] = value
        if query.terms.count > JobLimits.terms { reader.add(place, "is one field more than jobs have") }
    }

    private mutating func name(_ value: String, _ place: String, most: Int = JobLimits.nameBytes) -> String? {
        let isName = JobName.isValid(value) && value.utf8.count <= most
        return reader.take(isName ? value : nil, place, "is not a valid name")
    }

    /// A day or a moment.
    private mutating func moment(_ value: String, _ place: String) -> Timestamp? {
        let text = value.utf8.count == 10 ? value + "T00:00:00Z" : value
        return reader.take(
            Timestamp(rfc3339: text), place, "must be a day as 2030-01-31 or a time as 2030-01-31T23:59:59Z")
    }
}
