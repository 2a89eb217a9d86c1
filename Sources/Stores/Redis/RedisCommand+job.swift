import RoostJobs
import RoostRedis

extension RedisCommand {
    /// Appends the ten arguments of one job that `EnqueueScript` takes; `call` groups those of one call.
    mutating func append(_ job: NewJob, call: Int? = nil, follows batch: JobID? = nil) {
        append(job.id.description)
        append(job.queue)
        append(job.type)
        append(job.priority)
        append(job.start == .now ? "" : Self.moment(job.start))
        append(job.uniqueKey.map { "=" + $0 } ?? "-")
        append(job.maxAttempts)
        append("\(job.timeout.clampedMicroseconds) \(job.resultTTL.clampedMicroseconds)")
        append(job.payload)
        append(Self.rare(job, call: call, follows: batch))
    }

    private static func moment(_ start: NewJob.Start) -> String {
        switch start {
        case .now: "+0"
        case .after(let delay): "+\(max(0, delay.clampedMicroseconds))"
        case .at(let time): "@\(time.microseconds)"
        }
    }

    /// What few jobs have, in words; `` for most.
    private static func rare(_ job: NewJob, call: Int?, follows batch: JobID?) -> String {
        var words: [String] = []
        func add(_ letter: Character, _ value: String?) { if let value { words.append("\(letter)=\(value)") } }
        add("c", call.map { String($0) })
        add("H", batch?.description)
        add("t", job.tenant)
        add("g", job.tags.isEmpty ? nil : job.tags.joined(separator: ","))
        add("s", job.terms.isEmpty ? nil : SearchTerm.texts(job.terms).joined(separator: ","))
        add("w", job.trace)
        add("r", job.retry?.description)
        add("x", job.startBy.map(moment))
        add("d", job.deadline.map(moment))
        add("b", job.batch?.description)
        add("e", job.parentRule == .ended ? "1" : nil)
        add("P", job.parents.isEmpty ? nil : job.parents.map(\.description).joined(separator: ","))
        add("i", job.idempotency?.key)
        add("n", job.idempotency?.digest)
        if let rule = job.unique, rule.period != nil || rule.conflict != .reject {
            let letter =
                switch rule.conflict {
                case .reject: "r"
                case .replace: "p"
                case .extend: "e"
                }
            add("u", letter + (rule.period.map { String(max(1, $0.clampedMicroseconds)) } ?? ""))
        }
        return words.joined(separator: " ")
    }
}
