/// How an attempt ended, as data for the store to record.
public enum Outcome: Sendable, Equatable {
    /// It worked; the result is JSON bytes, kept for the job's result time to live.
    case succeeded(result: [UInt8])
    /// It failed and shall be tried again after the delay.
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
