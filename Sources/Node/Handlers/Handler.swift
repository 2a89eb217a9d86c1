public import RoostJobs

/// Asked about a failed attempt while more are left; nil: as the policies say. See `Job.retry(_:)`.
public typealias RetryRule = @Sendable (RetryFailure) -> RetryDecision?

/// What runs a type's jobs: bytes in, bytes out.
struct Handler: Sendable {
    /// How long to wait between attempts; nil: the node's way.
    let retry: RetryPolicy?
    /// Asked before any policy.
    let rule: RetryRule?
    /// The work. Throws `HandlerFault` for what no further attempt can mend.
    let run: @Sendable ([UInt8], JobContext) async throws -> [UInt8]
}

/// A fault of the payload or of the result: the same in every attempt, so the job fails at once.
struct HandlerFault: Error, CustomStringConvertible {
    let description: String
}
