import RoostJobs

/// What a list shows of a job: no payload, so that a page of large ones is not kept.
struct JobRow: Sendable, Equatable {
    var id: JobID
    var type: String
    var queue: String
    var state: JobState
    var attempt: Int
    var maxAttempts: Int
    var insertedAt: Timestamp
    var runAt: Timestamp?
    var startedAt: Timestamp?
    var finishedAt: Timestamp?
    var worker: String?
    var error: String?

    init(_ job: JobRecord) {
        id = job.id
        type = job.type
        queue = job.queue
        state = job.state
        attempt = job.attempt
        maxAttempts = job.maxAttempts
        insertedAt = job.insertedAt
        runAt = job.runAt
        startedAt = job.startedAt
        finishedAt = job.finishedAt
        worker = job.worker
        error = job.error.map { String($0.prefix(300)) }
    }

    /// Whether it has such a word in what the list shows.
    func contains(_ word: String) -> Bool {
        [id.description, type, queue, state.rawValue, worker ?? "", error ?? ""].contains { $0.holds(word) }
    }
}

extension String {
    /// Whether `word`, which is in lower case, is somewhere in this, in either case.
    func holds(_ word: String) -> Bool {
        let (text, word) = (Array(lowercased().utf8), Array(word.utf8))
        guard let first = word.first else { return true }
        guard text.count >= word.count else { return false }
        return (0...(text.count - word.count)).contains { start in
            text[start] == first && text[start..<(start + word.count)].elementsEqual(word)
        }
    }
}
