/// Who waits for a reply. Told exactly once, for the machine hands each waiter out exactly once (its simulation test proves
/// that); so the cost of a checked continuation, an allocation and a lock a command, is spared.
enum RedisWaiter: Sendable {
    case task(UnsafeContinuation<RedisOutcome, Never>)
    /// Called on whatever thread has the outcome, mostly the event loop.
    case callback(@Sendable (RedisOutcome) -> Void)

    var isCallback: Bool { if case .callback = self { true } else { false } }

    func resume(_ outcome: RedisOutcome) {
        switch self {
        case .task(let continuation): continuation.resume(returning: outcome)
        case .callback(let callback): callback(outcome)
        }
    }
}
