import RoostJobs
import Testing

@Suite("how an attempt that failed ends")
struct FailedOutcomeTests {
    private func record(attempt: Int, of most: Int, retry: RetryPolicy? = nil) -> JobRecord {
        var job = NewJob(type: "t", payload: Array("{}".utf8), maxAttempts: most)
        job.retry = retry
        var record = JobRecord(job, state: .running, insertedAt: .now(), runAt: nil)
        record.attempt = attempt
        return record
    }

    @Test("it is tried again as the job says, else as the policy does, while attempts are left")
    func policies() {
        let fixed = RetryPolicy(.fixed(.seconds(7)))
        let standard = record(attempt: 1, of: 2).outcome(failedWith: "e", policy: fixed)
        #expect(standard == .retry(after: .seconds(7), error: "e"))
        let own = record(attempt: 1, of: 2, retry: RetryPolicy(.fixed(.seconds(9))))
        #expect(own.outcome(failedWith: "e", policy: fixed) == .retry(after: .seconds(9), error: "e"))
        #expect(own.outcome(failedWith: "e", retryAfter: .seconds(1)) == .retry(after: .seconds(1), error: "e"))
        #expect(record(attempt: 2, of: 2).outcome(failedWith: "e", retryAfter: .zero) == .failed(error: "e"))
    }

    @Test("attempts that a crash ended or that came before a replay do not count")
    func counts() {
        var crashed = record(attempt: 3, of: 2)
        crashed.crashes = 1
        crashed.attemptsBefore = 1
        #expect(crashed.outcome(failedWith: "e", retryAfter: .zero) == .retry(after: .zero, error: "e"))
    }

    @Test("the wait and the text are kept within their limits")
    func limits() {
        let job = record(attempt: 1, of: 2)
        #expect(job.outcome(failedWith: "e", retryAfter: .seconds(-5)) == .retry(after: .zero, error: "e"))
        let long = String(repeating: "é", count: JobLimits.errorBytes)
        guard case .retry(let delay, let error) = job.outcome(failedWith: long, retryAfter: .seconds(Int64.max)) else {
            Issue.record("not tried again")
            return
        }
        #expect(delay == JobLimits.longest && error.utf8.count == JobLimits.errorBytes)
    }
}
