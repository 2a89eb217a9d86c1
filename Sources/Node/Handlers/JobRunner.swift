import RoostJobs

/// Runs one claimed job's handler and says how the attempt ended. Knows nothing of deadlines, leases and slots.
struct JobRunner: Sendable {
    let handlers: HandlerRegistry
    let retry: RetryPolicy
    /// The member's name, for handlers.
    let worker: String
    /// A type that was claimed but has no handler is looked at again after this long, by whoever handles it. A last
    /// resort: a node asks for the types it handles.
    private let unknownTypeDelay = Duration.seconds(10)

    /// Never throws and never touches the store.
    func outcome(of job: JobRecord, reporter: (any AttemptReporter)? = nil) async -> Outcome {
        guard let handler = handlers.handler(for: job.type) else { return .snoozed(unknownTypeDelay) }
        do {
            let context = JobContext(job, worker: worker, reporter: reporter)
            let result = try await handlers.run(handler, job.payload, context)
            guard result.count <= JobLimits.resultBytes else {
                return .failed(error: "result too large: \(result.count) bytes, at most \(JobLimits.resultBytes)")
            }
            return .succeeded(result: result)
        } catch {
            return outcome(of: job, failedWith: error)
        }
    }

    /// The deadline came before the handler's end.
    func timedOut(_ attempt: Attempt) -> Outcome {
        let job = attempt.claim.job
        if attempt.isCutShort { return .failed(error: ErrorText.deadline) }
        return failure(of: job, AttemptTimedOut(timeout: job.timeout))
    }

    private func outcome(of job: JobRecord, failedWith error: any Error) -> Outcome {
        switch error {
        case JobOutcome.discard(let reason): .failed(error: ErrorText.cut(reason))
        case JobOutcome.snooze(let delay): .snoozed(Self.clamp(delay))
        case JobOutcome.cancel(let reason): .cancelled(reason: ErrorText.cut(reason))
        case JobOutcome.retry(let delay, let reason): job.outcome(failedWith: reason, retryAfter: delay)
        case let fault as HandlerFault: .failed(error: ErrorText.cut(fault.description))
        default: failure(of: job, error)
        }
    }

    /// The handler's rule is asked first, but only whether to go on: how long to wait the job itself says before it,
    /// and the policies of the handler and of the node after it.
    private func failure(of job: JobRecord, _ error: any Error) -> Outcome {
        let text = String(describing: error)
        let handler = handlers.handler(for: job.type)
        var delay: Duration?
        if job.failures < job.maxAttempts {
            let failure = RetryFailure(failures: job.failures, maxAttempts: job.maxAttempts, error: error)
            switch handler?.rule?(failure) {
            case .fail: return .failed(error: ErrorText.cut(text))
            case .after(let wanted): delay = job.retry == nil ? wanted : nil
            case nil: break
            }
        }
        return job.outcome(failedWith: text, retryAfter: delay, policy: handler?.retry ?? retry)
    }

    private static func clamp(_ delay: Duration) -> Duration { min(max(.zero, delay), JobLimits.longest) }
}
