extension NewJob {
    /// One thing wrong with a job, for a reply that names each.
    public struct Issue: Sendable, Equatable, Error {
        /// The field, as in the JSON envelope.
        public let path: String
        /// What is wrong, for a person.
        public let message: String

        /// An issue with one field.
        public init(path: String, message: String) {
            self.path = path
            self.message = message
        }
    }

    /// Everything that keeps this job from being accepted; empty when it is fine.
    public var issues: [Issue] {
        var issues = Issues()
        issues.check(JobName.isValid(type), "type", Self.name)
        issues.check(JobName.isValid(queue), "queue", Self.name)
        issues.check((1...10).contains(priority), "priority", "must be a whole number from 1 to 10")
        issues.check(
            (1...JobLimits.attempts).contains(maxAttempts), "max_attempts", "must be 1 to \(JobLimits.attempts)")
        issues.check(
            payload.count <= JobLimits.payloadBytes, "payload", "must be at most \(JobLimits.payloadBytes) bytes")
        issues.check(
            timeout >= .milliseconds(1) && timeout <= JobLimits.longest, "timeout", "must be 0.001 s to ten years")
        issues.check(resultTTL >= .zero && resultTTL <= JobLimits.longest, "result_ttl", "must be 0 to ten years")
        issues.check(start.isWithinLimits, "delay", "must be 0 to ten years")
        if let unique {
            issues.check(Self.isKey(unique.key), "unique", "must be 1 to 200 bytes without spaces")
            let period = unique.period ?? .seconds(1)
            issues.check(
                period > .zero && period <= JobLimits.longest, "unique.period", "must be more than 0, to ten years")
        }
        checkRare(&issues)
        return issues.all
    }

    /// What few jobs have.
    private func checkRare(_ issues: inout Issues) {
        if let idempotency {
            issues.check(Self.isKey(idempotency.key), "idempotency_key", "must be 1 to 200 bytes without spaces")
            let digest = idempotency.digest.utf8
            let isDigest = (1...64).contains(digest.count) && digest.allSatisfy { $0 > 47 && $0 < 123 }
            issues.check(isDigest && JobName.isValid(idempotency.digest), "idempotency_key", "has an unusable digest")
        }
        if let retry, let message = retry.fault { issues.check(false, "retry", message) }
        issues.check(startBy?.isWithinLimits ?? true, "start_by", "must be at most ten years ahead")
        issues.check(deadline?.isWithinLimits ?? true, "deadline", "must be at most ten years ahead")
        issues.check(tenant.map(JobName.isValid) ?? true, "tenant", Self.name)
        issues.check(tags.count <= JobLimits.tags, "tags", "must be at most \(JobLimits.tags)")
        issues.check(
            tags.allSatisfy { JobName.isValid($0) && $0.utf8.count <= JobLimits.tagBytes }, "tags",
            "must each be 1 to \(JobLimits.tagBytes) characters of A-Z a-z 0-9 _ . - / @ :")
        issues.check(terms.count <= JobLimits.terms, "searchable", "must be at most \(JobLimits.terms) fields")
        issues.check(
            terms.allSatisfy { SearchTerm.isValid(field: $0.key, value: $0.value) }, "searchable",
            "must be names of 1 to \(JobLimits.termFieldBytes) characters of A-Z a-z 0-9 _ . - / @ : with values of 1 to "
                + "\(JobLimits.termValueBytes) bytes")
        issues.check(
            trace.map { JobName.isValid($0) && $0.utf8.count <= 64 } ?? true, "traceparent", "must be at most 64 bytes")
        issues.check(parents.count <= JobLimits.parents, "depends_on", "must be at most \(JobLimits.parents) jobs")
        issues.check(
            Set(parents).count == parents.count && !parents.contains(id), "depends_on",
            "must name each job once, and never the job itself")
    }

    /// The job itself; throws the first of `issues`.
    public func validated() throws(Issue) -> NewJob {
        if let issue = issues.first { throw issue }
        return self
    }

    private static let name = "must be 1 to \(JobLimits.nameBytes) characters of A-Z a-z 0-9 _ . - / @ :"

    private static func isKey(_ key: String) -> Bool {
        (1...JobLimits.uniqueKeyBytes).contains(key.utf8.count) && key.utf8.allSatisfy { $0 > 32 && $0 != 127 }
    }
}

extension NewJob.Start {
    fileprivate var isWithinLimits: Bool {
        if case .after(let delay) = self { return delay >= .zero && delay <= JobLimits.longest }
        return true
    }
}

/// Gathers what is wrong.
private struct Issues {
    var all: [NewJob.Issue] = []

    mutating func check(_ condition: Bool, _ path: String, _ message: @autoclosure () -> String) {
        if !condition { all.append(NewJob.Issue(path: path, message: message())) }
    }
}
