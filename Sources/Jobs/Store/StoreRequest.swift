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

    /// Throws `.invalid` for a result that is too large.
    public static func check(_ outcome: Outcome) throws(StoreError) {
        if case .succeeded(let result) = outcome, result.count > JobLimits.resultBytes {
            throw StoreError(.invalid, "the result has more than \(JobLimits.resultBytes) bytes")
        }
    }

    /// The request with its numbers within limits: 1 to 1,000 jobs, a lease of 1 ms to a day, a wait of 0 to an hour.
    public static func clamped(_ request: ClaimRequest) -> ClaimRequest {
        var request = request
        request.limit = min(max(1, request.limit), 1000)
        request.lease = min(max(.milliseconds(1), request.lease), .seconds(86_400))
        request.wait = min(max(.zero, request.wait), .seconds(3600))
        return request
    }
}
