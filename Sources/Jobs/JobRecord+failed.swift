extension JobRecord {
    /// How an attempt of this job ends that failed: tried again while attempts are left, a dead letter otherwise.
    ///
    /// - Parameters:
    ///   - error: why; cut to what is kept of an error.
    ///   - delay: how long to wait before the next attempt, whatever the policies say; nil: as they say.
    ///   - policy: how long to wait where the job does not say.
    public func outcome(
        failedWith error: String, retryAfter delay: Duration? = nil, policy: RetryPolicy = RetryPolicy()
    ) -> Outcome {
        let text = ErrorText.cut(error)
        guard failures < maxAttempts else { return .failed(error: text) }
        if let delay { return .retry(after: min(max(.zero, delay), JobLimits.longest), error: text) }
        var generator = SystemRandomNumberGenerator()
        return .retry(after: (retry ?? policy).delay(failures: failures, using: &generator), error: text)
    }
}
