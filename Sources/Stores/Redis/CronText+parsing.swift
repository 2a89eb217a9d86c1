import RoostJobs

extension CronText {
    /// A definition from its text; nil for a format this version does not know, or one that breaks a limit.
    static func parse(_ bytes: [UInt8], name: String) -> CronEntry? {
        var parts: [String: String] = [:]
        var rest = bytes[...]
        guard nextLine(&rest)?.elementsEqual("1".utf8) ?? false else { return nil }
        while true {
            guard let line = nextLine(&rest) else { return nil }
            if line.isEmpty { break }
            guard let space = line.firstIndex(of: 0x20) else { return nil }
            let part = String(decoding: line[..<space], as: UTF8.self)
            guard names.contains(part), parts[part] == nil else { return nil }
            parts[part] = NoteText.unescaped(line[(space + 1)...])
        }
        guard let job = job(parts, payload: Array(rest)), let schedule = parts["schedule"], let zone = parts["zone"],
            let catchUp = parts["catchup"].flatMap({ CronEntry.CatchUp(rawValue: $0) }), let paused = parts["paused"]
        else { return nil }
        let cron = CronEntry(
            name: name, schedule: schedule, timeZone: zone, catchUp: catchUp, isPaused: paused == "1", job: job)
        do throws(StoreError) { try StoreRequest.check(cron) } catch { return nil }
        return cron
    }

    /// Every part there is in this format.
    private static let names: Set = [
        "schedule", "zone", "catchup", "paused", "id", "type", "queue", "priority", "attempts", "timeout", "ttl",
        "start", "unique", "period", "conflict", "request", "digest", "retry", "startby", "deadline", "tenant", "tags",
        "terms", "trace", "parents",
    ]

    private static func nextLine(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let newline = rest.firstIndex(of: 0x0A) else { return nil }
        defer { rest = rest[(newline + 1)...] }
        return rest[..<newline]
    }

    private static func job(_ parts: [String: String], payload: [UInt8]) -> NewJob? {
        guard let id = parts["id"].flatMap({ JobID($0) }), let type = parts["type"], let queue = parts["queue"],
            let priority = number(parts["priority"]), let attempts = number(parts["attempts"]),
            let timeout = number(parts["timeout"]), let ttl = number(parts["ttl"]), let begin = start(parts["start"]),
            let rule = parts["parents"].flatMap({ NewJob.ParentRule(rawValue: $0) })
        else { return nil }
        var job = NewJob(
            id: id, type: type, queue: queue, payload: payload, priority: Int(clamping: priority),
            maxAttempts: Int(clamping: attempts), timeout: .microseconds(timeout), resultTTL: .microseconds(ttl),
            start: begin)
        if let key = parts["unique"] {
            guard let conflict = parts["conflict"].flatMap({ UniqueRule.Conflict(rawValue: $0) }) else { return nil }
            job.unique = UniqueRule(
                key: key, period: number(parts["period"]).map { .microseconds($0) }, conflict: conflict)
        }
        if let key = parts["request"] {
            guard let digest = parts["digest"] else { return nil }
            job.idempotency = IdempotencyKey(key: key, digest: digest)
        }
        if let retry = parts["retry"] {
            guard let policy = RetryPolicy(retry) else { return nil }
            job.retry = policy
        }
        job.startBy = start(parts["startby"])
        job.deadline = start(parts["deadline"])
        job.tenant = parts["tenant"]
        job.tags = (parts["tags"] ?? "").split(separator: " ").map(String.init)
        job.terms = SearchTerm.fields((parts["terms"] ?? "").split(separator: " "))
        job.trace = parts["trace"]
        job.parentRule = rule
        return job
    }

    private static func start(_ text: String?) -> NewJob.Start? {
        guard let text, let sign = text.first else { return nil }
        if text == "now" { return .now }
        guard let micros = number(String(text.dropFirst())) else { return nil }
        return sign == "+" ? .after(.microseconds(micros)) : sign == "@" ? .at(Timestamp(microseconds: micros)) : nil
    }

    private static func number(_ text: String?) -> Int64? {
        guard let text, (1...18).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int64(text)
    }
}
