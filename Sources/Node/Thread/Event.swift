import Synchronization

/// Lets tasks wait for "something may have changed", like `WakeSignal`, with a time limit kept by a `ThreadExecutor`, so
/// that it also ends when every thread of the global executor is blocked.
///
/// Read `generation`, look, and when there is nothing to do `wait(after:)` with what was read: a `notify()` since then
/// ends the wait at once.
final class Event: Sendable {
    private struct State {
        var generation: UInt64 = 0
        var lastWaiter: UInt64 = 0
        var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())
    private let executor: ThreadExecutor

    init(_ executor: ThreadExecutor) { self.executor = executor }

    var generation: UInt64 { state.withLock { $0.generation } }

    func notify() {
        let waiters = state.withLock { state in
            state.generation &+= 1
            defer { if !state.waiters.isEmpty { state.waiters = [:] } }
            return state.waiters
        }
        for waiter in waiters.values { waiter.resume() }
    }

    /// Returns when `notify()` was called after `generation` was read, when `limit` (nil: none; at most a day) is over
    /// or when the task is cancelled: look again, or check `Task.isCancelled`.
    func wait(after generation: UInt64, upTo limit: Duration? = nil) async {
        if let limit, limit <= .zero { return }
        let waiter = state.withLock { state in
            state.lastWaiter &+= 1
            return state.lastWaiter
        }
        var timer: TimerQueue.ID?
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waits = state.withLock { state in
                    // Cancelled before this: `onCancel` found nobody to resume.
                    if state.generation != generation || Task.isCancelled { return false }
                    state.waiters[waiter] = continuation
                    return true
                }
                guard waits else { return continuation.resume() }
                if let limit {
                    timer = executor.schedule(.now + min(limit, .seconds(86_400))) { self.resume(waiter) }
                }
            }
        } onCancel: {
            resume(waiter)
        }
        if let timer { executor.unschedule(timer) }
    }

    private func resume(_ waiter: UInt64) {
        state.withLock { $0.waiters.removeValue(forKey: waiter) }?.resume()
    }
}
