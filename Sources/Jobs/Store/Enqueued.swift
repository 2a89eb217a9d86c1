/// What became of one job of an enqueue.
public enum Enqueued: Sendable, Equatable {
    /// Accepted now, or by an earlier call with the same id.
    case accepted(JobID)
    /// Accepted by an earlier call with the same idempotency key and digest.
    case repeated(JobID)
    /// Not accepted, because this job holds the unique key.
    case existing(JobID)
    /// Not accepted: the idempotency key stands for another request, that made this job.
    case mismatched(JobID)
    /// Not accepted: the queue has as many jobs waiting as it may.
    case full(queue: String)

    /// The id of the job that stands for the request; nil when none does.
    public var id: JobID? {
        switch self {
        case .accepted(let id), .repeated(let id), .existing(let id): id
        case .mismatched, .full: nil
        }
    }
}
