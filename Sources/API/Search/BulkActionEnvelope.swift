import RoostJobs

/// What to do to which jobs, as it comes over the wire.
struct BulkActionEnvelope {
    /// What is done to each.
    enum Action: String, CaseIterable, Sendable {
        case cancel, retry, delete

        /// The states of jobs it can be done to.
        var states: [JobState] {
            switch self {
            case .cancel: [.scheduled, .queued, .running]
            case .retry: [.failed, .cancelled]
            case .delete: [.scheduled, .queued, .done, .failed, .cancelled]
            }
        }
    }

    private(set) var action: Action?
    private(set) var filter: JobFilter
    /// At most this many jobs.
    private(set) var limit = 1000
    /// Only count.
    private(set) var isDryRun = false
    /// Why, for jobs that are cancelled.
    private(set) var reason = "cancelled by request"
    /// What is wrong.
    var issues: [NewJob.Issue] { reader.issues + filter.issues }
    private var reader: FieldReader
    private var isForAll = false

    /// The most jobs one call acts on.
    static let maximumLimit = 10_000

    init(_ object: JSONObject, limit: Int) {
        reader = FieldReader(limit: limit)
        filter = JobFilter(limit: limit)
        for (key, value) in object.members where value.kind != .null { read(key, value) }
        if !object.has("action") { reader.add("action", "is missing") }
        if object.has("reason"), let action, action != .cancel { reader.add("reason", "goes with cancel") }
        if filter.isEmpty, !isForAll {
            reader.add("q", "says nothing: give at least one filter, or all: true")
        } else if !filter.isEmpty, isForAll {
            reader.add("all", "cannot be given together with a filter")
        }
    }

    private mutating func read(_ key: String, _ value: JSONSlice) {
        switch key {
        case "action": action = reader.word(value, key)
        case "q": if let text = reader.string(value, key) { filter.add(text, path: key) }
        case "filter": if let object = reader.object(value, key) { filter.add(object, path: key) }
        case "all": isForAll = reader.bool(value, key) ?? false
        case "dry_run": isDryRun = reader.bool(value, key) ?? false
        case "reason": if let text = reader.string(value, key) { reason = ErrorText.cut(text) }
        case "limit":
            guard let number = reader.int(value, key) else { return }
            if (1...Self.maximumLimit).contains(number) {
                limit = number
            } else {
                reader.add(key, "must be 1 to \(Self.maximumLimit)")
            }
        default: reader.add(key, "is not a field of an action")
        }
    }
}
