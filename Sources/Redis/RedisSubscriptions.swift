import Synchronization

/// The subscriptions of a client that run now, so that shutting it down ends them.
final class RedisSubscriptions: Sendable {
    private struct State {
        var running: [Int: RedisSubscription] = [:]
        var next = 0
        var end: RedisError?
    }

    private let state = Mutex(State())

    func insert(_ subscription: RedisSubscription) throws(RedisError) -> Int {
        let (key, end) = state.withLock { state in
            state.next += 1
            if state.end == nil { state.running[state.next] = subscription }
            return (state.next, state.end)
        }
        if let end { throw end }
        return key
    }

    func remove(_ key: Int) {
        state.withLock { state in state.running[key] = nil }
    }

    func endAll(_ error: RedisError) {
        let running = state.withLock { state in
            state.end = error
            return Array(state.running.values)
        }
        for subscription in running { subscription.end(.failure(error)) }
    }
}
