import Synchronization

/// Lets tasks wait for "something may have changed", without losing a change that falls between looking and waiting.
///
/// Read `generation`, look, and when there is nothing to do `wait(after:upTo:)` with what was read: a `notify()` since
/// then ends the wait at once.
public final class WakeSignal: Sendable {
    private struct State {
        var generation: UInt64 = 0
        var nextWaiter: UInt64 = 0
        var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    /// A signal nobody waits for yet.
    public init() {}

    /// Grows with each `notify()`.
    public var generation: UInt64 { state.withLock { $0.generation } }

    /// Wakes everyone who waits.
    public func notify() {
        let waiters = state.withLock { state in
            state.generation &+= 1
            defer { state.waiters.removeAll(keepingCapacity: true) }
            return state.waiters
        }
        for waiter in waiters.values { waiter.resume() }
    }

    /// Returns when `notify()` was called after `generation` was read, when `limit` is over, or when the task is
    /// cancelled: look again, or check `Task.isCancelled`.
    public func wait(after generation: UInt64, upTo limit: Duration) async {
        guard limit > .zero else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.change(after: generation) }
            group.addTask { try? await Task.sleep(for: min(limit, .seconds(86_400))) }
            await group.next()
            group.cancelAll()
        }
    }

    private func change(after generation: UInt64) async {
        let waiter = state.withLock { state in
            state.nextWaiter &+= 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let now = state.withLock { state in
                    if state.generation != generation || Task.isCancelled { return true }
                    state.waiters[waiter] = continuation
                    return false
                }
                if now { continuation.resume() }
            }
        } onCancel: {
            // Registered or not yet: the check of `isCancelled` above runs under the same lock.
            state.withLock { $0.waiters.removeValue(forKey: waiter) }?.resume()
        }
    }
}
