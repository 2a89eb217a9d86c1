import RoostJobs

extension RoostJobs.QueueStatus {
    /// A queue as the API lists it; nil when it is none.
    init?(api json: JSONObject) {
        guard let name = json.text("queue") else { return nil }
        var settings = QueueSettings()
        settings.isPaused = json.flag("paused")
        settings.concurrency = json.count("concurrency")
        settings.rate = json["rate"]?.object.flatMap { RateLimit(api: $0) }
        settings.tenantConcurrency = json.count("tenant_concurrency")
        settings.tenantRate = json["tenant_rate"]?.object.flatMap { RateLimit(api: $0) }
        settings.quota = json.count("quota")
        settings.isSearchable = json["searchable"]?.bool ?? true
        var counts: [JobState: Int] = [:]
        for state in JobState.allCases { counts[state] = json.count(state.rawValue) ?? 0 }
        self.init(name: name, settings: settings, counts: counts, oldest: json.moment("oldest_at"))
    }
}

extension RateLimit {
    fileprivate init?(api json: JSONObject) {
        guard let count = json.count("count"), let period = json.span("period") else { return nil }
        self.init(count: count, period: period)
    }
}

extension StoreCounts.Totals {
    /// Sums as `/stats` has them.
    init(api json: JSONObject) {
        self.init()
        enqueued = json.count("enqueued") ?? 0
        started = json.count("started") ?? 0
        done = json.count("done") ?? 0
        retried = json.count("retried") ?? 0
        failed = json.count("failed") ?? 0
        reclaimed = json.count("reclaimed") ?? 0
    }
}

extension CronStatus {
    /// A periodic job as the API lists it; nil when it is none.
    init?(api json: JSONObject) {
        guard let name = json.text("name"), let schedule = json.text("schedule") else { return nil }
        let template = json["job"]?.object
        let job = NewJob(
            type: template?.text("type") ?? "?", queue: template?.text("queue") ?? "",
            payload: template?.bytes("payload") ?? [])
        let entry = CronEntry(
            name: name, schedule: schedule, timeZone: json.text("time_zone") ?? "UTC",
            catchUp: json.text("catch_up").flatMap { CronEntry.CatchUp(rawValue: $0) } ?? .latest,
            isPaused: json.flag("paused"), job: job)
        self.init(entry: entry, next: json.moment("next_run"), last: json.moment("last_run"))
    }
}
