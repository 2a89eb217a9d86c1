/// The checks every store makes at its door, so that all refuse the same.
public enum StoreRequest {
    /// Throws `.invalid` for too many jobs or one that breaks a limit.
    public static func check(_ jobs: [NewJob]) throws(StoreError) {
        guard jobs.count <= JobLimits.batch else {
            throw StoreError(.invalid, "at most \(JobLimits.batch) jobs in one call")
        }
        for job in jobs {
            if let issue = job.issues.first { throw StoreError(.invalid, "\(issue.path) \(issue.message)") }
        }
    }

    /// Throws `.invalid` for a change that breaks a limit.
    public static func check(_ change: QueueChange, queue: String) throws(StoreError) {
        if let issue = change.issues(queue: queue).first {
            throw StoreError(.invalid, "\(issue.path) \(issue.message)")
        }
    }

    /// Throws `.invalid` for a batch or one of its followers that breaks a limit.
    public static func check(_ batch: NewBatch) throws(StoreError) {
        guard batch.name.map(JobName.isValid) ?? true else { throw StoreError(.invalid, "name is no name") }
        let followers = [batch.onComplete, batch.onSuccess].compactMap { $0 }
        try check(followers)
        guard followers.allSatisfy({ $0.parents.isEmpty && $0.batch == nil && $0.unique == nil && $0.start == .now })
        else { throw StoreError(.invalid, "a job that follows a batch waits for nothing else and is not unique") }
    }

    /// Throws `.invalid` for a periodic job that breaks a limit.
    public static func check(_ cron: CronEntry) throws(StoreError) {
        guard JobName.isValid(cron.name), cron.schedule.utf8.count <= 200, cron.timeZone.utf8.count <= 64,
            cron.job.parents.isEmpty, cron.job.batch == nil
        else { throw StoreError(.invalid, "the name, schedule or time zone is too long, or the job waits for others") }
        try check([cron.job])
    }

    /// Throws `.invalid` for a progress note that is too long.
    public static func check(progress: [UInt8]?) throws(StoreError) {
        if let progress, progress.count > JobLimits.progressBytes {
            throw StoreError(.invalid, "progress has more than \(JobLimits.progressBytes) bytes")
        }
    }

    /// Throws `.invalid` for a result that is too large.
    public static func check(_ outcome: Outcome) throws(StoreError) {
        if case .succeeded(let result) = outcome, result.count > JobLimits.resultBytes {
            throw StoreError(.invalid, "the result has more than \(JobLimits.resultBytes) bytes")
        }
    }

    /// The request with its numbers within limits: 1 to 1,000 jobs, a lease of 1 ms to a day, a wait of 0 to an hour.
    /// Throws `.invalid` for a worker's name that is none.
    public static func clamped(_ request: ClaimRequest) throws(StoreError) -> ClaimRequest {
        guard (1...200).contains(request.worker.utf8.count), !request.worker.utf8.contains(where: { $0 <= 0x20 }) else {
            throw StoreError(.invalid, "a worker's name has 1 to 200 bytes and no white space")
        }
        var request = request
        request.limit = min(max(1, request.limit), 1000)
        request.lease = min(max(.milliseconds(1), request.lease), .seconds(86_400))
        request.wait = min(max(.zero, request.wait), .seconds(3600))
        return request
    }
}
