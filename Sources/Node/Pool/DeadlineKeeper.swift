/// Ends attempts at their deadline, on a thread that no handler blocks. Sleeps until the earliest deadline; only a job
/// with an earlier one, or a cancel, wakes it, so most jobs cost it nothing.
struct DeadlineKeeper: Sendable {
    let pools: WorkerPools

    /// - Throws: `CancellationError`.
    func run() async throws {
        while true {
            try Task.checkCancellation()
            let generation = pools.signals.rearmed.generation
            let next = pools.expire(now: .now)
            await pools.signals.rearmed.wait(after: generation, upTo: next.map { max(.milliseconds(1), $0 - .now) })
        }
    }
}
