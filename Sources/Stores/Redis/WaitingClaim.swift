import RoostJobs
import RoostRedis

/// A claim that found nothing and waits. Its question is ready: whoever hears of a job sends it, and the waiting task is
/// resumed by the answer.
struct WaitingClaim: WaitingGuest {
    /// What somebody who heard of a job asked for a claim that waited.
    struct Answer: Sendable {
        /// The generation in which it was asked: a change since then is not in the reply.
        let generation: UInt64
        /// Whether it was asked only because this process was about to enqueue a job.
        let isHint: Bool
        let reply: Result<RedisValue, RedisError>
    }

    let request: ClaimRequest
    /// Whether jobs that this process is about to enqueue are worth a look.
    let heedsHints: Bool
    let ask: @Sendable (@escaping @Sendable (Result<RedisValue, RedisError>) -> Void) -> Void
    let continuation: CheckedContinuation<Answer?, Never>

    func dismiss() { continuation.resume(returning: nil) }

    /// Asks now, on any thread.
    func wake(generation: UInt64, isHint: Bool) {
        let continuation = continuation
        ask { reply in
            continuation.resume(returning: Answer(generation: generation, isHint: isHint, reply: reply))
        }
    }

    /// Whether it may get one of these jobs once they are in the store. Looks at the first few.
    func awaits(_ jobs: [NewJob]) -> Bool {
        heedsHints
            && jobs.prefix(8).contains { job in
                job.start == .now && job.parents.isEmpty && request.queues.contains(job.queue)
                    && request.types?.contains(job.type) ?? true
            }
    }
}

extension WaitingRoom<WaitingClaim> {
    /// Something may have become claimable: everyone asks.
    func notify() {
        let (claims, generation) = change()
        for claim in claims { claim.wake(generation: generation, isHint: false) }
    }

    /// These jobs are on their way to the server: whoever waits for such asks right behind them, rather than when the
    /// server's message comes back, which wakes the others.
    func hint(_ jobs: [NewJob]) {
        let (claims, generation) = take { $0.awaits(jobs) }
        for claim in claims { claim.wake(generation: generation, isHint: true) }
    }
}
