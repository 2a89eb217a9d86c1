import NIOCore
import Synchronization

/// A wait that ends at its time, at a wake-up or at cancellation, whichever is first. One waiter at a time.
final class BeatTimer: Sendable {
    private struct State {
        var waiter: CheckedContinuation<Void, Never>?
        var timer: Scheduled<Void>?
        var isWoken = false
    }

    private let loop: any EventLoop
    private let state = Mutex(State())

    init(_ loop: any EventLoop) {
        self.loop = loop
    }

    /// Returns after `duration`, or at once when `wake` was called since the last wait ended.
    func wait(_ duration: Duration) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDue = state.withLock { state in
                    if state.isWoken || Task.isCancelled {
                        state.isWoken = false
                        return true
                    }
                    state.waiter = continuation
                    state.timer = loop.scheduleTask(in: TimeAmount(duration)) { self.finish() }
                    return false
                }
                if isDue { continuation.resume() }
            }
        } onCancel: {
            finish()
        }
    }

    /// Ends the wait under way, or the next one before it begins.
    func wake() {
        let isWaiting = state.withLock { state in
            if state.waiter == nil { state.isWoken = true }
            return state.waiter != nil
        }
        if isWaiting { finish() }
    }

    private func finish() {
        let (waiter, timer) = state.withLock { state in
            defer { (state.waiter, state.timer) = (nil, nil) }
            return (state.waiter, state.timer)
        }
        timer?.cancel()
        waiter?.resume()
    }
}
