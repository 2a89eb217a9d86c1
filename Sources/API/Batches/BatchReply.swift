import RoostJobs

extension BatchStatus {
    /// How far it is, in one word: `open`, `running`, then how it ended.
    var word: String {
        if isOpen { return "open" }
        if pending > 0 { return JobState.running.rawValue }
        if failed > 0 { return JobState.failed.rawValue }
        return cancelled > 0 ? JobState.cancelled.rawValue : JobState.done.rawValue
    }
}

extension JSONWriter {
    /// A batch as it is now.
    mutating func write(_ batch: BatchStatus) {
        object { json in
            json.field("id", batch.id.description)
            json.field("name", batch.name)
            json.field("status", batch.word)
            json.field("total", batch.total)
            json.field("pending", batch.pending)
            json.field("done", batch.done)
            json.field("failed", batch.failed)
            json.field("cancelled", batch.cancelled)
            json.field("opened_at", batch.openedAt)
            json.field("finished_at", batch.finishedAt)
            json.field("on_complete", batch.onComplete?.description)
            json.field("on_success", batch.onSuccess?.description)
            json.field("jobs", "/batches/\(batch.id)/jobs")
        }
    }

    /// A batch that was accepted, with the ids of its members.
    mutating func write(_ accepted: BatchSubmission.Accepted, keys: [String?]) {
        object { json in
            json.field("status", "accepted")
            json.field("message", "Batch accepted")
            json.field("batch_id", accepted.status.id.description)
            json.key("jobs")
            json.array { json in
                for (key, id) in zip(keys, accepted.ids) {
                    json.object { json in
                        if let key { json.field("key", key) }
                        json.field("job_id", id.description)
                    }
                }
            }
            json.field("on_complete", accepted.status.onComplete?.description)
            json.field("on_success", accepted.status.onSuccess?.description)
        }
    }
}
