import RoostJobs

extension JobRecord {
    /// A job as the API shows it, in lists and alone; nil when it is none.
    init?(api json: JSONObject) {
        guard let id = json.text("id").flatMap({ JobID($0) }), let type = json.text("type"),
            let state = json.text("status").flatMap({ JobState(rawValue: $0) })
        else { return nil }
        var job = NewJob(
            id: id, type: type, queue: json.text("queue") ?? "", payload: json.bytes("payload") ?? [],
            priority: json.count("priority") ?? JobDefaults.priority,
            maxAttempts: json.count("max_attempts") ?? JobDefaults.maxAttempts,
            timeout: json.span("timeout") ?? JobDefaults.timeout,
            resultTTL: json.span("result_ttl") ?? JobDefaults.resultTTL, uniqueKey: json.text("unique"))
        job.tenant = json.text("tenant")
        job.tags = json.list("tags").compactMap(\.string)
        job.trace = json.text("traceparent")
        job.batch = json.text("batch").flatMap { JobID($0) }
        self.init(
            job, state: state, insertedAt: json.moment("inserted_at") ?? Timestamp(microseconds: 0),
            runAt: json.moment("run_at"))
        hasParents = json.text("depends_rule") != nil
        (attempt, crashes) = (json.count("attempt") ?? 0, json.count("crashes") ?? 0)
        (startBy, deadline) = (json.moment("start_by"), json.moment("deadline"))
        startedAt = json.moment("started_at")
        finishedAt = json.moment("finished_at")
        expiresAt = json.moment("expires_at")
        result = json.bytes("result")
        error = json.text("error")
        worker = json.text("worker")
    }
}

extension JobDetail {
    /// A job alone, with what the API tells beside its record.
    init?(api json: JSONObject) {
        guard let job = JobRecord(api: json) else { return nil }
        let epoch = Timestamp(microseconds: 0)
        let log = json.rows("log").map { line in
            LogLine(
                at: line.moment("at") ?? epoch, attempt: line.count("attempt") ?? 0, text: line.text("text") ?? "")
        }
        let failures = json.rows("failures").map { failure in
            FailedAttempt(
                attempt: failure.count("attempt") ?? 0, startedAt: failure.moment("started_at") ?? epoch,
                endedAt: failure.moment("ended_at") ?? epoch, worker: failure.text("worker") ?? "",
                error: failure.text("error") ?? "")
        }
        self.init(
            job: job,
            notes: JobNotes(
                progress: json.bytes("progress"), log: log, failures: failures,
                cancelReason: json.flag("cancel_requested") ? "by request" : nil),
            reasons: json.rows("waiting").compactMap { WaitReason(api: $0) },
            parents: json.rows("parents").compactMap { JobRecord(api: $0) })
    }
}

extension WaitReason {
    /// Nil for a reason that a newer version gives.
    init?(api json: JSONObject) {
        let queue = json.text("queue") ?? "?"
        switch json.text("reason") {
        case "scheduled": self = .scheduled(until: json.moment("until") ?? Timestamp(microseconds: 0))
        case "dependencies": self = .parents(json.count("count") ?? 1)
        case "paused": self = .paused(queue: queue)
        case "concurrency":
            self = .concurrency(queue: queue, tenant: json.text("tenant"), limit: json.count("limit") ?? 0)
        case "rate":
            let until = json.moment("until") ?? Timestamp(microseconds: 0)
            self = .rate(queue: queue, tenant: json.text("tenant"), until: until)
        case "no_worker": self = .noWorker(type: json.text("type") ?? "?", queue: queue)
        case "busy": self = .busy(queue: queue, workers: json.count("workers") ?? 1)
        case "position": self = .position(ahead: json.count("ahead") ?? 0)
        case "running":
            let until = json.moment("lease_until") ?? Timestamp(microseconds: 0)
            self = .running(worker: json.text("worker") ?? "?", leaseUntil: until)
        default: return nil
        }
    }
}
