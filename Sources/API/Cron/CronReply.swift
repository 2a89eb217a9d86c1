import RoostJobs

extension JSONWriter {
    /// A periodic job; with its coming slots where one is shown.
    mutating func write(_ cron: CronStatus, slots: [Timestamp]? = nil) {
        object { json in
            json.field("name", cron.entry.name)
            json.field("schedule", cron.entry.schedule)
            json.field("time_zone", cron.entry.timeZone)
            json.field("catch_up", cron.entry.catchUp.rawValue)
            json.field("paused", cron.entry.isPaused)
            json.field("next_run", cron.next)
            json.field("last_run", cron.last)
            if let slots {
                json.key("next_runs")
                json.array { json in for slot in slots { json.string(slot.rfc3339) } }
            }
            json.key("job")
            json.writeTemplate(cron.entry.job)
        }
    }

    /// What each job is like, as an envelope has it.
    private mutating func writeTemplate(_ job: NewJob) {
        object { json in
            json.field("type", job.type)
            json.field("queue", job.queue)
            json.field("payload", json: job.payload)
            json.field("priority", job.priority)
            json.field("max_attempts", job.maxAttempts)
            json.field("timeout", seconds: job.timeout)
            json.field("result_ttl", seconds: job.resultTTL)
            if let unique = job.unique { json.write(unique) }
            if let retry = job.retry {
                json.key("retry")
                json.write(retry)
            }
            if case .after(let span) = job.startBy { json.field("start_within", seconds: span) }
            if case .after(let span) = job.deadline { json.field("deadline_in", seconds: span) }
            if let tenant = job.tenant { json.field("tenant", tenant) }
            if !job.tags.isEmpty {
                json.key("tags")
                json.array { json in for tag in job.tags { json.string(tag) } }
            }
        }
    }

    private mutating func write(_ rule: UniqueRule) {
        key("unique")
        object { json in
            // A digest cannot be given by its key again: it is of the content, which is here.
            if rule.key.hasPrefix(JobEnvelope.contentKeys) {
                json.field("by", "content")
            } else {
                json.field("key", rule.key)
            }
            if let period = rule.period { json.field("period", seconds: period) }
            json.field("on_conflict", rule.conflict.rawValue)
        }
    }
}
