/// Ends attempts at their deadline, on a thread that no handler blocks. Sleeps until the earliest deadline; only a job
/// with an earlier one wakes it, so most jobs cost it nothing.
struct DeadlineKeeper: Sendable {
    let pool: WorkerPool

    /// - Throws: `CancellationError`.
    func run() async throws {
        while true {
            try Task.checkCancellation()
            let generation = pool.rearmed.generation
            let next = pool.expire(now: .now)
            await pool.rearmed.wait(after: generation, upTo: next.map { max(.milliseconds(1), $0 - .now) })
        }
    }
}
