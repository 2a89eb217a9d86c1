import RoostJobs

extension JSONWriter {
    /// A queue: how many jobs are in it, how long the first has waited, and what holds for it.
    mutating func write(_ queue: QueueStatus, now: Timestamp) {
        object { json in
            json.field("queue", queue.name)
            for state in JobState.allCases { json.field(state.rawValue, queue.counts[state] ?? 0) }
            json.field("depth", (queue.counts[.scheduled] ?? 0) + (queue.counts[.queued] ?? 0))
            json.field("oldest_at", queue.oldest)
            json.key("oldest_age")
            // The store's clock may be a little ahead of this one.
            if let oldest = queue.oldest { json.seconds(max(.zero, now.since(oldest))) } else { json.null() }
            json.fields(queue.settings)
        }
    }

    /// What holds for a queue, as members of an object that is open.
    mutating func fields(_ settings: QueueSettings) {
        field("paused", settings.isPaused)
        field("concurrency", number: settings.concurrency)
        field("rate", settings.rate)
        field("tenant_concurrency", number: settings.tenantConcurrency)
        field("tenant_rate", settings.tenantRate)
        field("quota", number: settings.quota)
        field("searchable", settings.isSearchable)
    }

    private mutating func field(_ name: String, number: Int?) {
        key(name)
        if let number { int(number) } else { null() }
    }

    private mutating func field(_ name: String, _ rate: RateLimit?) {
        key(name)
        guard let rate else { return null() }
        object { json in
            json.field("count", rate.count)
            json.field("period", seconds: rate.period)
        }
    }
}
