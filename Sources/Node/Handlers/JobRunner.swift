import RoostJobs

/// Runs one claimed job's handler and says how the attempt ended. Knows nothing of deadlines, leases and slots.
struct JobRunner: Sendable {
    let handlers: HandlerRegistry
    let retry: RetryPolicy
    /// The member's name, for handlers.
    let worker: String
    /// A type that was claimed but has no handler is looked at again after this long, by whoever handles it.
    private let unknownTypeDelay = Duration.seconds(10)

    /// Never throws and never touches the store.
    func outcome(of job: JobRecord) async -> Outcome {
        guard let handler = handlers.handler(for: job.type) else { return .snoozed(unknownTypeDelay) }
        do {
            let result = try await handler.run(job.payload, JobContext(job, worker: worker))
            guard result.count <= JobLimits.resultBytes else {
                return .failed(error: "result too large: \(result.count) bytes, at most \(JobLimits.resultBytes)")
            }
            return .succeeded(result: result)
        } catch {
            return outcome(of: job, failedWith: error)
        }
    }

    /// The deadline came before the handler's end.
    func timedOut(_ job: JobRecord) -> Outcome {
        failure(of: job, "timed out after \(Self.text(job.timeout))")
    }

    private func outcome(of job: JobRecord, failedWith error: any Error) -> Outcome {
        switch error {
        case JobOutcome.discard(let reason): .failed(error: ErrorText.cut(reason))
        case JobOutcome.snooze(let delay): .snoozed(Self.clamp(delay))
        case JobOutcome.retry(let delay, let reason): failure(of: job, reason, delay: Self.clamp(delay))
        case let fault as HandlerFault: .failed(error: ErrorText.cut(fault.description))
        default: failure(of: job, String(describing: error))
        }
    }

    private func failure(of job: JobRecord, _ error: String, delay: Duration? = nil) -> Outcome {
        let error = ErrorText.cut(error)
        guard job.failures < job.maxAttempts else { return .failed(error: error) }
        var generator = SystemRandomNumberGenerator()
        let policy = handlers.handler(for: job.type)?.retry ?? retry
        return .retry(after: delay ?? policy.delay(failures: job.failures, using: &generator), error: error)
    }

    private static func clamp(_ delay: Duration) -> Duration { min(max(.zero, delay), JobLimits.longest) }

    private static func text(_ duration: Duration) -> String {
        let milliseconds = duration.clampedMilliseconds
        return milliseconds % 1000 == 0 ? "\(milliseconds / 1000) s" : "\(milliseconds) ms"
    }
}
