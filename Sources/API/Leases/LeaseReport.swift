import RoostJobs

/// What a worker says of a job it holds, as it comes over the wire: one kind of body for each call.
struct LeaseReport {
    /// For how long the lease shall hold from now.
    private(set) var lease: Duration?
    /// How far the work is: JSON.
    private(set) var progress: [UInt8]?
    /// Lines for the job's log.
    private(set) var log: [String] = []
    /// What the work made: JSON.
    private(set) var result = Array("null".utf8)
    /// Why it failed.
    private(set) var error = "failed"
    /// Why the job is not needed.
    private(set) var reason = "cancelled by its worker"
    /// Whether no further attempt would help.
    private(set) var isFinal = false
    /// When to try again, whatever the job says.
    private(set) var delay: Duration?
    /// What is wrong.
    var issues: [NewJob.Issue] { reader.issues }
    private var reader: FieldReader

    /// What the worker wants.
    enum Kind: String {
        case extend, progress, complete, fail, release, cancel
    }

    init(_ object: JSONObject, _ kind: Kind, limit: Int) {
        reader = FieldReader(limit: limit)
        for (key, value) in object.members { read(key, value, kind) }
    }

    private mutating func read(_ key: String, _ value: JSONSlice, _ kind: Kind) {
        switch (kind, key) {
        // Nothing is a result as well.
        case (.complete, "result"):
            let isFine = value.bytes.count <= JobLimits.resultBytes
            result = reader.take(isFine ? value.bytes : nil, key, Self.tooLong(JobLimits.resultBytes)) ?? result
        case _ where value.kind == .null && Self.fields(kind).contains(key): break
        case (.extend, "lease"): lease = reader.span(value, key, LeaseLimits.seconds)
        case (.progress, "progress"): progress = note(value, key)
        case (.progress, "log"):
            if let line = value.string { log = [line] } else { log = lines(value, key) }
        case (.fail, "error"): error = reader.string(value, key) ?? error
        case (.fail, "discard"): if reader.bool(value, key) ?? false { isFinal = true }
        case (.fail, "retry"):
            if let retry = value.bool {
                if !retry { isFinal = true }
            } else {
                delay = reader.seconds(value, key)
            }
        case (.cancel, "reason"): reason = reader.string(value, key) ?? reason
        case (.release, "delay"): delay = reader.seconds(value, key)
        default: reader.add(key, "is not a field of \(kind.rawValue)")
        }
    }

    /// A share of the work, or a shape of the worker's own.
    private mutating func note(_ value: JSONSlice, _ path: String) -> [UInt8]? {
        if value.kind == .number {
            guard let share = reader.share(value, path) else { return nil }
            return Array("{\"fraction\":\(share)}".utf8)
        }
        guard reader.take(value.kind == .object ? value : nil, path, "must be a number from 0 to 1 or an object") != nil
        else { return nil }
        let isFine = value.bytes.count <= JobLimits.progressBytes
        return reader.take(isFine ? value.bytes : nil, path, Self.tooLong(JobLimits.progressBytes))
    }

    private mutating func lines(_ value: JSONSlice, _ path: String) -> [String] {
        reader.strings(value, path, most: LeaseLimits.lines) ?? []
    }

    private static func fields(_ kind: Kind) -> [String] {
        switch kind {
        case .extend: ["lease"]
        case .progress: ["progress", "log"]
        case .complete: ["result"]
        case .fail: ["error", "retry", "discard"]
        case .release: ["delay"]
        case .cancel: ["reason"]
        }
    }

    private static func tooLong(_ bytes: Int) -> String { "must have at most \(bytes) bytes" }
}
