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
        var issues: [Issue] = []
        func check(_ condition: Bool, _ path: String, _ message: @autoclosure () -> String) {
            if !condition { issues.append(Issue(path: path, message: message())) }
        }
        let name = "must be 1 to \(JobLimits.nameBytes) characters of A-Z a-z 0-9 _ . - / @ :"
        check(JobName.isValid(type), "type", name)
        check(JobName.isValid(queue), "queue", name)
        check((1...10).contains(priority), "priority", "must be a whole number from 1 to 10")
        check((1...JobLimits.attempts).contains(maxAttempts), "max_attempts", "must be 1 to \(JobLimits.attempts)")
        check(payload.count <= JobLimits.payloadBytes, "payload", "must be at most \(JobLimits.payloadBytes) bytes")
        check(timeout >= .milliseconds(1) && timeout <= JobLimits.longest, "timeout", "must be 0.001 s to ten years")
        check(resultTTL >= .zero && resultTTL <= JobLimits.longest, "result_ttl", "must be 0 to ten years")
        if case .after(let delay) = start {
            check(delay >= .zero && delay <= JobLimits.longest, "delay", "must be 0 to ten years")
        }
        if let key = uniqueKey {
            let fits = (1...JobLimits.uniqueKeyBytes).contains(key.utf8.count)
            check(
                fits && key.utf8.allSatisfy { $0 > 32 && $0 != 127 }, "unique", "must be 1 to 200 bytes without spaces")
        }
        return issues
    }

    /// The job itself; throws the first of `issues`.
    public func validated() throws(Issue) -> NewJob {
        if let issue = issues.first { throw issue }
        return self
    }
}
