/// A ``WaitingRoom`` whose guests only want to be woken.
///
/// Read `generation`, look, and when there is nothing to do `wait(after:upTo:)` with what was read: a `notify()` since
/// then ends the wait at once.
public final class WakeSignal: Sendable {
    private struct Waiter: WaitingGuest {
        let continuation: CheckedContinuation<Void, Never>

        func dismiss() { continuation.resume() }
    }

    private let room = WaitingRoom<Waiter>()

    /// A signal nobody waits for yet.
    public init() {}

    /// Grows with each `notify()`.
    public var generation: UInt64 { room.generation }

    /// Wakes everyone who waits.
    public func notify() {
        for waiter in room.change().guests { waiter.continuation.resume() }
    }

    /// Returns when `notify()` was called after `generation` was read, when `limit` (at most a day) is over, or when
    /// the task is cancelled: look again, or check `Task.isCancelled`.
    public func wait(after generation: UInt64, upTo limit: Duration) async {
        await room.wait(after: generation, upTo: limit, turnedAway: ()) { Waiter(continuation: $0) }
    }
}
