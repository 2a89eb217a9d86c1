import RoostJobs

extension JobEnvelope {
    /// Reads one member; false when there is no such field.
    mutating func read(_ key: String, _ value: JSONSlice) -> Bool {
        switch key {
        case "type": type = reader.string(value, key)
        case "queue": job.queue = reader.string(value, key) ?? job.queue
        case "priority": job.priority = reader.int(value, key) ?? job.priority
        case "max_attempts": job.maxAttempts = reader.int(value, key) ?? job.maxAttempts
        case "timeout": job.timeout = reader.seconds(value, key) ?? job.timeout
        case "result_ttl": job.resultTTL = reader.seconds(value, key) ?? job.resultTTL
        case "delay": delay = reader.seconds(value, key)
        case "run_at":
            runAt = value.string
            moment = reader.moment(value, key)
        default: return readRare(key, value)
        }
        return true
    }

    private mutating func readRare(_ key: String, _ value: JSONSlice) -> Bool {
        switch key {
        case "unique": job.unique = unique(value)
        case "idempotency_key": idempotencyKey = reader.string(value, key)
        case "retry": job.retry = retry(value)
        case "start_by": setOnce(\.startBy, key, reader.moment(value, key).map { .at($0) })
        case "start_within": setOnce(\.startBy, key, reader.seconds(value, key).map { .after($0) })
        case "deadline": setOnce(\.deadline, key, reader.moment(value, key).map { .at($0) })
        case "deadline_in": setOnce(\.deadline, key, reader.seconds(value, key).map { .after($0) })
        case "tenant": job.tenant = reader.string(value, key)
        case "tags": job.tags = reader.strings(value, key, most: JobLimits.tags) ?? []
        case "searchable":
            searchable = reader.strings(value, key, most: JobLimits.terms) ?? []
            for (index, path) in searchable.enumerated()
            where !JobName.isValid(path) || path.utf8.count > JobLimits.termFieldBytes {
                reader.add("\(key)[\(index)]", "is no path into the payload")
            }
        case "depends_on": dependsOn = reader.strings(value, key, most: JobLimits.parents) ?? []
        case "depends_rule": job.parentRule = reader.word(value, key) ?? .done
        case "key": self.key = memberName(value)
        default: return false
        }
        return true
    }

    /// A moment may be given as one or as a span from now, not as both.
    private mutating func setOnce(
        _ field: WritableKeyPath<NewJob, NewJob.Start?>, _ key: String, _ value: NewJob.Start?
    ) {
        guard let value else { return }
        if job[keyPath: field] != nil { reader.add(key, "says a second time what another field says") }
        job[keyPath: field] = value
    }

    private mutating func memberName(_ value: JSONSlice) -> String? {
        guard let name = reader.string(value, "key") else { return nil }
        let message = "must be 1 to \(JobLimits.nameBytes) characters of A-Z a-z 0-9 _ . - / @ :"
        return reader.take(JobName.isValid(name) ? name : nil, "key", message)
    }
}
