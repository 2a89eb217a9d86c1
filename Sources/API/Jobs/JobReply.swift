import RoostJobs

extension JSONWriter {
    /// A job as lists show it. Payload and result go out as they came in.
    mutating func write(_ job: JobRecord) {
        object { $0.fields(job) }
    }

    /// A job with everything that is known of it.
    init(_ details: JobDetails) {
        let job = details.job
        self.init(capacity: 1024 + job.payload.count + (job.result?.count ?? 0))
        object { json in
            json.fields(job)
            json.field("cancel_requested", job.state == .running && details.notes.cancelReason != nil)
            json.field("progress", json: details.notes.progress)
            json.field("log", details.notes.log)
            json.field("failures", details.notes.failures)
            json.key("depends_on")
            json.array { json in for parent in details.parents { json.string(parent.id.description) } }
            json.key("parents")
            json.array { json in for parent in details.parents { json.writeParent(parent) } }
            json.field("waiting", details.waiting)
        }
    }

    private mutating func writeParent(_ parent: JobRecord) {
        object { json in
            json.field("id", parent.id.description)
            json.field("type", parent.type)
            json.field("status", parent.state.rawValue)
        }
    }

    private mutating func fields(_ job: JobRecord) {
        field("id", job.id.description)
        field("type", job.type)
        field("queue", job.queue)
        field("payload", json: job.payload)
        field("status", job.state.rawValue)
        field("priority", job.priority)
        field("attempt", job.attempt)
        field("max_attempts", job.maxAttempts)
        field("crashes", job.crashes)
        field("inserted_at", job.insertedAt)
        field("run_at", job.runAt)
        field("started_at", job.startedAt)
        field("finished_at", job.finishedAt)
        field("expires_at", job.expiresAt)
        field("timeout", seconds: job.timeout)
        field("result_ttl", seconds: job.resultTTL)
        field("unique", job.uniqueKey)
        rareFields(job)
        field("worker", job.worker)
        field("result", json: job.result)
        field("error", job.error)
    }

    private mutating func rareFields(_ job: JobRecord) {
        key("retry")
        if let retry = job.retry { write(retry) } else { null() }
        field("start_by", job.startBy)
        field("deadline", job.deadline)
        field("tenant", job.tenant)
        key("tags")
        array { json in for tag in job.tags { json.string(tag) } }
        if !job.terms.isEmpty {
            key("searchable")
            object { json in
                for (name, value) in job.terms.sorted(by: { $0.key < $1.key }) { json.field(name, value) }
            }
        }
        field("depends_rule", job.hasParents ? job.parentRule.rawValue : nil)
        field("batch", job.batch?.description)
        field("traceparent", job.trace)
    }

    /// How long is waited between attempts, as an envelope has it.
    mutating func write(_ retry: RetryPolicy) {
        object { json in
            switch retry.kind {
            case .exponential(let base, let cap):
                json.field("kind", "exponential")
                json.field("base", seconds: base)
                json.field("cap", seconds: cap)
            case .fixed(let delay):
                json.field("kind", "fixed")
                json.field("delay", seconds: delay)
            case .list(let delays):
                json.field("kind", "list")
                json.key("delays")
                json.array { json in for delay in delays { json.seconds(delay) } }
            }
            json.key("jitter")
            json.raw(Array("\(retry.jitter)".utf8))
        }
    }
}
