import RoostJobs

/// A periodic job's definition as Redis keeps it: the line `1` for the format, a line `<name> <value>` for each part, an
/// empty line, the payload's bytes. In values a newline is written `\n`, a backslash as two.
enum CronText {
    /// The text of a definition.
    static func bytes(_ cron: CronEntry) -> [UInt8] {
        let job = cron.job
        var lines = ["1"]
        func add(_ name: String, _ value: String?) {
            if let value { lines.append("\(name) \(NoteText.escaped(value))") }
        }
        add("schedule", cron.schedule)
        add("zone", cron.timeZone)
        add("catchup", cron.catchUp.rawValue)
        add("paused", cron.isPaused ? "1" : "0")
        add("id", job.id.description)
        add("type", job.type)
        add("queue", job.queue)
        add("priority", String(job.priority))
        add("attempts", String(job.maxAttempts))
        add("timeout", String(job.timeout.clampedMicroseconds))
        add("ttl", String(job.resultTTL.clampedMicroseconds))
        add("start", text(job.start))
        add("unique", job.unique?.key)
        add("period", job.unique?.period.map { String($0.clampedMicroseconds) })
        add("conflict", job.unique?.conflict.rawValue)
        add("request", job.idempotency?.key)
        add("digest", job.idempotency?.digest)
        add("retry", job.retry?.description)
        add("startby", job.startBy.map(text))
        add("deadline", job.deadline.map(text))
        add("tenant", job.tenant)
        add("tags", job.tags.isEmpty ? nil : job.tags.joined(separator: " "))
        add("terms", job.terms.isEmpty ? nil : SearchTerm.texts(job.terms).joined(separator: " "))
        add("trace", job.trace)
        add("parents", job.parentRule.rawValue)
        return Array((lines.joined(separator: "\n") + "\n\n").utf8) + job.payload
    }

    private static func text(_ start: NewJob.Start) -> String {
        switch start {
        case .now: "now"
        case .after(let delay): "+\(max(0, delay.clampedMicroseconds))"
        case .at(let time): "@\(time.microseconds)"
        }
    }
}
