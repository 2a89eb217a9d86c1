/// The task that waits for a reply. Resumed exactly once, for the machine hands each waiter out exactly once (its
/// simulation test proves that); so the cost of a checked continuation, an allocation and a lock a command, is spared.
struct RedisWaiter: Sendable {
    let continuation: UnsafeContinuation<RedisOutcome, Never>

    func resume(_ outcome: RedisOutcome) { continuation.resume(returning: outcome) }
}
