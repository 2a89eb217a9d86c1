/// How an attempt ended, as data for the store to record.
public enum Outcome: Sendable, Equatable {
    /// It worked; the result is JSON bytes, kept for the job's result time to live.
    case succeeded(result: [UInt8])
    /// It failed and shall be tried again after the delay; fails for good when that is past the job's deadline.
    case retry(after: Duration, error: String)
    /// It failed for good: a dead letter.
    case failed(error: String)
    /// Handed back unfinished; the attempt is not counted.
    case released
    /// The handler wants to be called later; the attempt is not counted.
    case snoozed(Duration)
    /// Called off while it ran.
    case cancelled(reason: String)
}

/// What a store made of a settle.
public enum Settlement: Sendable, Equatable {
    /// Recorded, now or by an earlier call with the same ticket; the state the job is in by this outcome.
    case settled
    /// Refused: the lease was lost, another attempt owns the job.
    case leaseLost
}

/// Thrown by a handler to say more than "it failed", which any other error says.
public enum JobOutcome: Error, Sendable, Equatable {
    /// Do not try again: a dead letter with this text.
    case discard(String)
    /// Failed; try again after this long instead of the policies' delay, while attempts are left.
    case retry(after: Duration, String)
    /// Not now: call again after this long; the attempt is not counted.
    case snooze(Duration)
    /// Not needed any more: the job is cancelled for this reason, which is no failure.
    case cancel(String)
}

/// A failed attempt that a handler is asked about.
public struct RetryFailure: Sendable {
    /// How many attempts have failed, this one included: from 1 to one less than `maxAttempts`. Attempts whose worker
    /// was lost do not count.
    public let failures: Int
    /// Attempts that may fail.
    public let maxAttempts: Int
    /// What the handler threw, or `AttemptTimedOut`.
    public let error: any Error

    /// A failure.
    public init(failures: Int, maxAttempts: Int, error: any Error) {
        self.failures = failures
        self.maxAttempts = maxAttempts
        self.error = error
    }
}

/// What a handler wants done about a failed attempt.
public enum RetryDecision: Sendable, Equatable {
    /// Try again after this long, unless the job asks for waits of its own.
    case after(Duration)
    /// Do not try again: a dead letter.
    case fail
}

/// An attempt took longer than it may.
public struct AttemptTimedOut: Error, Sendable, Equatable, CustomStringConvertible {
    /// How long it may take.
    public let timeout: Duration

    /// A timeout.
    public init(timeout: Duration) { self.timeout = timeout }

    public var description: String {
        let milliseconds = timeout.clampedMilliseconds
        return "timed out after " + (milliseconds % 1000 == 0 ? "\(milliseconds / 1000) s" : "\(milliseconds) ms")
    }
}
