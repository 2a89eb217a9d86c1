import RoostJobs

/// What a worker asks for, as it comes over the wire. Everything may be left out.
struct LeaseEnvelope {
    private var queues = [JobDefaults.queue]
    private var types: Set<String>?
    private var limit = 1
    private var lease = LeaseLimits.standard
    private var wait = Duration.zero
    private var worker = LeaseLimits.worker
    private var reader: FieldReader

    init(_ object: JSONObject, limit: Int) {
        reader = FieldReader(limit: limit)
        for (key, value) in object.members where value.kind != .null { read(key, value) }
    }

    /// What is wrong.
    var issues: [NewJob.Issue] { reader.issues }

    /// What to ask the store for.
    var request: ClaimRequest {
        ClaimRequest(queues: queues, types: types, limit: limit, worker: worker, lease: lease, wait: wait)
    }

    /// What the worker does.
    var notice: WorkerNotice { WorkerNotice(worker: worker, queues: queues, types: types) }

    private mutating func read(_ key: String, _ value: JSONSlice) {
        switch key {
        case "queues": queues = names(value, key) ?? queues
        case "types" where value.string == "*": types = nil
        case "types": types = names(value, key).map { Set($0) }
        case "limit":
            let message = "must be a whole number from 1 to \(LeaseLimits.jobs.upperBound)"
            let number = value.int.flatMap { LeaseLimits.jobs.contains($0) ? $0 : nil }
            limit = reader.take(number, key, message) ?? limit
        case "lease": lease = reader.span(value, key, LeaseLimits.seconds) ?? lease
        case "wait": wait = reader.span(value, key, LeaseLimits.wait) ?? wait
        case "worker":
            let name = value.string.flatMap { JobName.isValid($0) ? $0 : nil }
            worker = reader.take(name, key, "must be 1 to 100 of A-Z a-z 0-9 _ . - / @ :") ?? worker
        default: reader.add(key, "is not a field of a lease")
        }
    }

    /// A list of names, each once.
    private mutating func names(_ value: JSONSlice, _ path: String) -> [String]? {
        guard let elements = reader.elements(value, path, most: LeaseLimits.names) else { return nil }
        if elements.isEmpty { reader.add(path, "must name one at least") }
        var names: [String] = []
        for (index, element) in elements.enumerated() {
            // What begins so is Roost's own work.
            let isOwn = element.string?.hasPrefix(JobEnvelope.reservedNames) ?? false
            let name = element.string.flatMap { JobName.isValid($0) && !isOwn ? $0 : nil }
            let fault = isOwn ? "must not start with \(JobEnvelope.reservedNames)" : "is no name"
            guard let name = reader.take(name, "\(path)[\(index)]", fault) else { continue }
            if !names.contains(name) { names.append(name) }
        }
        return names
    }
}

extension FieldReader {
    /// A number of seconds within bounds.
    mutating func span(_ value: JSONSlice, _ path: String, _ range: ClosedRange<Double>) -> Duration? {
        let seconds = value.double.flatMap { range.contains($0) ? $0 : nil }
        let bounds = "\(Int(range.lowerBound)) to \(Int(range.upperBound))"
        return take(seconds.map { .seconds($0) }, path, "must be a number of seconds from \(bounds)")
    }
}
