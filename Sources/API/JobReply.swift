import RoostJobs

extension JSONWriter {
    /// A job as `GET /jobs/:id` and the list show it. Payload and result go out as they came in.
    mutating func write(_ job: JobRecord) {
        object { json in
            json.field("id", job.id.description)
            json.field("type", job.type)
            json.field("queue", job.queue)
            json.field("payload", json: job.payload)
            json.field("status", job.state.rawValue)
            json.field("priority", job.priority)
            json.field("attempt", job.attempt)
            json.field("max_attempts", job.maxAttempts)
            json.field("crashes", job.crashes)
            json.field("inserted_at", job.insertedAt)
            json.field("run_at", job.runAt)
            json.field("started_at", job.startedAt)
            json.field("finished_at", job.finishedAt)
            json.field("expires_at", job.expiresAt)
            json.field("timeout", seconds: job.timeout)
            json.field("result_ttl", seconds: job.resultTTL)
            json.field("unique", job.uniqueKey)
            json.field("worker", job.worker)
            json.field("result", json: job.result)
            json.field("error", job.error)
        }
    }
}
