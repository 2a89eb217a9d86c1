import Synchronization

/// Lets tasks wait for "something may have changed", without losing a change that falls between looking and waiting.
///
/// Read `generation`, look, and when there is nothing to do `wait(after:upTo:)` with what was read: a `notify()` since
/// then ends the wait at once. A notification resumes those who wait directly, with no task in between: this is on the
/// way from a job's acceptance to its start.
public final class WakeSignal: Sendable {
    private struct Waiter {
        let continuation: CheckedContinuation<Void, Never>
        let deadline: ContinuousClock.Instant
    }

    private struct State {
        var generation: UInt64 = 0
        var lastWaiter: UInt64 = 0
        var waiters: [UInt64: Waiter] = [:]
        /// When the alarm rings: at the earliest deadline, or before it, for one whose waiter has gone.
        var ringsAt: ContinuousClock.Instant?
        /// Which alarm will: the ones before it are of no use any more.
        var lastAlarm: UInt64 = 0
        var alarm: Task<Void, Never>?
    }

    private let state = Mutex(State())

    /// A signal nobody waits for yet.
    public init() {}

    deinit { state.withLock { $0.alarm }?.cancel() }

    /// Grows with each `notify()`.
    public var generation: UInt64 { state.withLock { $0.generation } }

    /// Wakes everyone who waits.
    public func notify() {
        let waiters = state.withLock { state in
            state.generation &+= 1
            defer { if !state.waiters.isEmpty { state.waiters = [:] } }
            return state.waiters
        }
        for waiter in waiters.values { waiter.continuation.resume() }
    }

    /// Returns when `notify()` was called after `generation` was read, when `limit` (at most a day) is over, or when
    /// the task is cancelled: look again, or check `Task.isCancelled`.
    public func wait(after generation: UInt64, upTo limit: Duration) async {
        guard limit > .zero else { return }
        let deadline = ContinuousClock.now + min(limit, .seconds(86_400))
        let number = state.withLock { state in
            state.lastWaiter &+= 1
            return state.lastWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (waits, alarm) = state.withLock { state -> (Bool, UInt64?) in
                    // Cancelled before this: `onCancel` found nobody to resume.
                    if state.generation != generation || Task.isCancelled { return (false, nil) }
                    state.waiters[number] = Waiter(continuation: continuation, deadline: deadline)
                    guard state.ringsAt.map({ deadline < $0 }) ?? true else { return (true, nil) }
                    state.ringsAt = deadline
                    state.lastAlarm &+= 1
                    return (true, state.lastAlarm)
                }
                if !waits { continuation.resume() }
                if let alarm { setAlarm(alarm, deadline) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.continuation.resume()
        }
    }

    /// Makes a task that rings for all who wait: one of a signal, left as it is when a wait ends before its deadline,
    /// since the next one is most often later. Nobody awaits it; a signal that is let go cancels it.
    private func setAlarm(_ number: UInt64, _ time: ContinuousClock.Instant) {
        let alarm = Task.detached { [weak self] in
            var next = Optional(time)
            while let time = next {
                try? await Task.sleep(until: time, clock: .continuous)
                if Task.isCancelled { return }
                next = self?.ring(number)
            }
        }
        let outdated = state.withLock { state in
            // Another was set before this one could be kept.
            guard state.lastAlarm == number else { return alarm as Task<Void, Never>? }
            defer { state.alarm = alarm }
            return state.alarm
        }
        outdated?.cancel()
    }

    /// Ends the waits whose time is over; returns when to ring again, nil when there is nobody left or another alarm is
    /// set.
    private func ring(_ alarm: UInt64) -> ContinuousClock.Instant? {
        let now = ContinuousClock.now
        let (over, next) = state.withLock { state -> ([Waiter], ContinuousClock.Instant?) in
            guard state.lastAlarm == alarm else { return ([], nil) }
            let over = state.waiters.filter { $0.value.deadline <= now }
            for number in over.keys { state.waiters[number] = nil }
            state.ringsAt = state.waiters.values.map(\.deadline).min()
            return (Array(over.values), state.ringsAt)
        }
        for waiter in over { waiter.continuation.resume() }
        return next
    }
}
