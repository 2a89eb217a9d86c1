import RoostJobs

/// A job as it comes over the wire: every member is read and everything that is wrong is collected.
struct JobEnvelope {
    /// The job, as far as it could be read.
    private(set) var job: NewJob
    /// What is wrong, the store's limits included.
    private(set) var issues: [NewJob.Issue] = []
    /// What the payload is; nil when there is none or it is null.
    private(set) var payloadKind: JSONKind?
    /// `run_at` as it was written.
    private(set) var runAt: String?
    private var type: String?
    private var delay: Duration?
    private var moment: Timestamp?

    /// Keys with this prefix belong to `POST /api/v1/work`.
    static let reservedKeys = "work:"

    init(_ object: JSONObject, configuration: APIConfiguration) {
        job = NewJob(
            type: "default", payload: [], maxAttempts: configuration.maxAttempts, resultTTL: configuration.resultTTL)
        var payload: JSONSlice?
        for (key, value) in object.members where value.kind != .null {
            if key == "payload" { payload = value } else { read(key, value) }
        }
        if let payload {
            payloadKind = payload.kind
            job.payload = payload.bytes
            if payload.kind != .object { issue("payload", "must be an object") }
        }
        job.type = type ?? Self.task(of: payload) ?? "default"
        if moment != nil, delay != nil { issue("delay", "cannot be given together with run_at") }
        if let moment { job.start = .at(moment) } else if let delay { job.start = .after(delay) }
        issues += job.issues
        if issues.count > configuration.maximumIssues {
            issues.removeSubrange(configuration.maximumIssues...)
        }
    }

    private mutating func read(_ key: String, _ value: JSONSlice) {
        let text = "must be a string"
        let whole = "must be a whole number"
        let seconds = "must be a number of seconds from 0 to ten years"
        switch key {
        case "type": type = take(value.string, key, text)
        case "queue": job.queue = take(value.string, key, text) ?? job.queue
        case "priority": job.priority = take(value.int, key, whole) ?? job.priority
        case "max_attempts": job.maxAttempts = take(value.int, key, whole) ?? job.maxAttempts
        case "timeout": job.timeout = take(Self.seconds(value), key, seconds) ?? job.timeout
        case "result_ttl": job.resultTTL = take(Self.seconds(value), key, seconds) ?? job.resultTTL
        case "delay": delay = take(Self.seconds(value), key, seconds)
        case "run_at":
            runAt = value.string
            moment = take(runAt.flatMap { Timestamp(rfc3339: $0) }, key, "must be a time as 2030-01-31T23:59:59Z")
        case "unique":
            job.uniqueKey = take(value.string, key, text)
            if let unique = job.uniqueKey, unique.hasPrefix(Self.reservedKeys) {
                issue(key, "must not start with \(Self.reservedKeys)")
            }
        default: issue(key, "is not a field of a job")
        }
    }

    private mutating func take<Value>(_ value: Value?, _ path: String, _ message: String) -> Value? {
        if value == nil { issue(path, message) }
        return value
    }

    private mutating func issue(_ path: String, _ message: String) {
        issues.append(NewJob.Issue(path: String(path.unicodeScalars.prefix(100)), message: message))
    }

    /// A number of seconds within the limits of a job: `Duration` traps beyond its range.
    private static func seconds(_ value: JSONSlice) -> Duration? {
        guard let seconds = value.double, seconds >= 0, seconds <= JobLimits.longest.inSeconds else { return nil }
        return .seconds(seconds)
    }

    /// What stands for the type where none is given: the payload's `task`.
    private static func task(of payload: JSONSlice?) -> String? {
        guard let task = payload?.object?["task"]?.string, JobName.isValid(task) else { return nil }
        return task
    }
}
