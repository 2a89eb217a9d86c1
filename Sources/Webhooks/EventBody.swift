import RoostJobs

/// What a delivery says: `{"type":…,"timestamp":…,"data":{…}}`, as Standard Webhooks has it.
enum EventBody {
    /// The end of a job. `job` is nil when its record is gone already; `now` is when it ended then.
    static func end(
        _ event: WebhookEvent, of id: JobID, _ job: JobRecord?, now: Timestamp, resultBytes: Int
    ) -> [UInt8] {
        var data = JSONBytes()
        data.add("id", id.description)
        if let job { add(job, to: &data) }
        data.add("status", event.state.rawValue)
        if let job { addOutcome(of: job, as: event, to: &data, resultBytes: resultBytes) }
        return body(event.rawValue, at: job?.finishedAt ?? now, data)
    }

    /// A delivery that somebody asked for to see whether it arrives.
    static func test(_ webhook: JobID, now: Timestamp) -> [UInt8] {
        var data = JSONBytes()
        data.add("webhook", webhook.description)
        data.add("message", "This is a test.")
        return body(WebhookEvent.test, at: now, data)
    }

    private static func body(_ type: String, at moment: Timestamp, _ data: JSONBytes) -> [UInt8] {
        var body = JSONBytes()
        body.add("type", type)
        body.add("timestamp", moment)
        body.add("data", json: data.object)
        return body.object
    }

    private static func add(_ job: JobRecord, to data: inout JSONBytes) {
        data.add("type", job.type)
        data.add("queue", job.queue)
        data.add("attempt", job.attempt)
        data.add("max_attempts", job.maxAttempts)
        data.add("tenant", job.tenant)
        data.add("tags", job.tags)
        data.add("batch", job.batch?.description)
        data.add("inserted_at", job.insertedAt)
        data.add("started_at", job.startedAt)
        data.add("finished_at", job.finishedAt)
    }

    /// Of a job that was replayed meanwhile the record tells of another life: its end is told without.
    private static func addOutcome(
        of job: JobRecord, as event: WebhookEvent, to data: inout JSONBytes, resultBytes: Int
    ) {
        guard job.state == event.state else { return }
        // Readers of JSON refuse NUL, ours too.
        data.add("error", job.error.map { String($0.unicodeScalars.filter { $0.value != 0 }) })
        guard event == .done, let result = job.result, !result.isEmpty else { return }
        let isPassedOn = result.count <= resultBytes && (try? JSONScanner.validate(result)) != nil
        if isPassedOn { data.add("result", json: result) } else { data.add("result_omitted", true) }
    }
}

extension WebhookEvent {
    /// How the job ended.
    var state: JobState {
        switch self {
        case .done: .done
        case .failed: .failed
        case .cancelled: .cancelled
        }
    }
}
