import RoostJobs

extension JSONWriter {
    /// A job for its worker.
    mutating func write(_ job: JobRecord, parents: [LeaseParent], lease: String, until: Timestamp, end: Timestamp) {
        object { json in
            json.field("lease_id", lease)
            json.field("expires_at", until)
            // However often it is extended.
            json.field("ends_at", end)
            json.key("job")
            json.object { json in
                json.field("id", job.id.description)
                json.field("type", job.type)
                json.field("queue", job.queue)
                json.field("payload", json: job.payload)
                json.field("priority", job.priority)
                json.field("attempt", job.attempt)
                json.field("max_attempts", job.maxAttempts)
                json.field("timeout", seconds: job.timeout)
                json.field("inserted_at", job.insertedAt)
                json.field("deadline", job.deadline)
                json.field("tenant", job.tenant)
                json.key("tags")
                json.array { json in for tag in job.tags { json.string(tag) } }
                json.field("traceparent", job.trace)
                json.field("batch", job.batch?.description)
                json.key("parents")
                json.array { json in for parent in parents { json.write(parent) } }
            }
        }
    }
}

extension Claim {
    /// Until when the claim holds, by the clock of the store that made it.
    func leased(_ lease: Duration) -> Timestamp { (job.startedAt ?? .now()).advanced(by: lease) }
}
