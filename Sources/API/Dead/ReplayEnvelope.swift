import RoostJobs

/// Which dead letters to replay, as it comes over the wire. What is not said does not narrow.
struct ReplayEnvelope {
    private(set) var type: String?
    private(set) var queue: String?
    /// Only these jobs.
    private(set) var ids: [JobID]?
    /// At most this many.
    private(set) var limit = 1000
    /// Only count.
    private(set) var isDryRun = false
    /// What is wrong.
    var issues: [NewJob.Issue] { reader.issues }
    private var reader: FieldReader

    /// The most dead letters one call replays.
    static let maximumLimit = 10_000

    init(_ object: JSONObject, limit: Int) {
        reader = FieldReader(limit: limit)
        for (key, value) in object.members where value.kind != .null { read(key, value) }
    }

    private mutating func read(_ key: String, _ value: JSONSlice) {
        switch key {
        case "type": type = name(value, key)
        case "queue": queue = name(value, key)
        case "ids":
            let texts = reader.strings(value, key, most: Self.maximumLimit) ?? []
            ids = texts.enumerated().compactMap { index, text in
                reader.take(JobID(text), "ids[\(index)]", "is no job id")
            }
        case "limit":
            guard let number = reader.int(value, key) else { return }
            if (1...Self.maximumLimit).contains(number) {
                limit = number
            } else {
                reader.add(key, "must be 1 to \(Self.maximumLimit)")
            }
        case "dry_run": isDryRun = reader.bool(value, key) ?? false
        default: reader.add(key, "is not a field of a replay")
        }
    }

    private mutating func name(_ value: JSONSlice, _ path: String) -> String? {
        guard let name = reader.string(value, path) else { return nil }
        return reader.take(JobName.isValid(name) ? name : nil, path, "is not a valid name")
    }

    /// Whether a job is one of those that are wanted.
    func matches(_ job: JobRecord) -> Bool {
        job.state == .failed && (type == nil || type == job.type) && (queue == nil || queue == job.queue)
    }
}
