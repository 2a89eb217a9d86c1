import RoostJobs

extension JSONWriter {
    /// A job's log.
    mutating func field(_ name: String, _ log: [LogLine]) {
        key(name)
        array { json in
            for line in log {
                json.object { json in
                    json.field("at", line.at)
                    json.field("attempt", line.attempt)
                    json.field("text", line.text)
                }
            }
        }
    }

    /// Attempts that failed.
    mutating func field(_ name: String, _ failures: [FailedAttempt]) {
        key(name)
        array { json in
            for failure in failures {
                json.object { json in
                    json.field("attempt", failure.attempt)
                    json.field("started_at", failure.startedAt)
                    json.field("ended_at", failure.endedAt)
                    json.field("worker", failure.worker)
                    json.field("error", failure.error)
                }
            }
        }
    }
}
