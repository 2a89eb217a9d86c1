import ArgumentParser
import RoostJobs

/// What a job may have wherever it stands, as flags.
struct JobFlags: ParsableArguments {
    @Option(help: "The queue.") var queue: String?
    @Option(help: "1 (first) to 10 (last).") var priority: Int?
    @Option(help: "Attempts that may fail.") var maxAttempts: Int?
    @Option(help: "Seconds one attempt may run.") var timeout: Double?
    @Option(help: "Seconds the result is kept.") var resultTtl: Double?
    @Option(
        help: ArgumentHelp(
            "Waits between attempts: 1,5,30 or fixed:10 or exponential:BASE:CAP:JITTER, or JSON.", valueName: "waits"))
    var retry: String?
    @Option(help: "A key no second unfinished job may have.") var unique: String?
    @Flag(help: "No second job of the same type, queue and payload.") var uniqueContent = false
    @Option(help: "Seconds the key keeps others away, instead of until the job is over.") var uniquePeriod: Double?
    @Option(help: "What becomes of a second job: reject, replace or extend.") var onConflict: String?
    @Option(help: "Seconds within which it must have started.") var startWithin: Double?
    @Option(help: "Seconds within which it must have ended.") var deadlineIn: Double?
    @Option(help: "Whose job it is: tenants take turns.") var tenant: String?
    @Option(name: .customLong("tag"), help: "A word to find it by; may be given again.") var tags: [String] = []
    @Option(help: "A field of the payload to find it by, as user_id or order.id; may be given again.")
    var searchable: [String] = []

    /// Adds what was given to a job.
    func add(to job: inout JSONMembers) throws(Failure) {
        job.add("queue", queue)
        job.add("priority", priority)
        job.add("max_attempts", maxAttempts)
        try job.add("timeout", seconds: timeout)
        try job.add("result_ttl", seconds: resultTtl)
        job.add("retry", json: try retry.map { text throws(Failure) in try RetryText.json(text) })
        job.add("unique", try uniqueRule())
        try job.add("start_within", seconds: startWithin)
        try job.add("deadline_in", seconds: deadlineIn)
        job.add("tenant", tenant)
        job.add("tags", tags)
        job.add("searchable", searchable)
    }

    private func uniqueRule() throws(Failure) -> JSONMembers {
        var rule = JSONMembers()
        if unique != nil, uniqueContent { throw Failure(.usage, "--unique and --unique-content exclude each other") }
        guard unique != nil || uniqueContent else {
            guard uniquePeriod == nil, onConflict == nil else {
                throw Failure(.usage, "--unique-period and --on-conflict go with --unique or --unique-content")
            }
            return rule
        }
        rule.add("key", unique)
        if uniqueContent { rule.add("by", "content") }
        try rule.add("period", seconds: uniquePeriod)
        rule.add("on_conflict", onConflict)
        return rule
    }
}
