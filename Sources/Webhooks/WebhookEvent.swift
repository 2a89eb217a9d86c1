public import RoostJobs

/// What a webhook can be told of.
public enum WebhookEvent: String, Sendable, CaseIterable {
    /// A job is done.
    case done = "job.done"
    /// A job gave up.
    case failed = "job.failed"
    /// A job was called off.
    case cancelled = "job.cancelled"

    /// The event of a job that ended so; nil for a state that is no end.
    public init?(_ state: JobState) {
        switch state {
        case .done: self = .done
        case .failed: self = .failed
        case .cancelled: self = .cancelled
        default: return nil
        }
    }

    /// What a test delivery says it is.
    public static let test = "webhook.test"
}
