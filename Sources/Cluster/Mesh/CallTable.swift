internal import NIOCore
import Synchronization

/// The questions that wait for answers on one connection, each with its time limit.
///
/// One timer serves all: to make and cancel one a call would wake the event loop twice a call.
final class CallTable: Sendable {
    private struct State {
        var calls: PendingCalls
        var timer: Scheduled<Void>?
        /// When the timer goes off; no call that waits is over earlier.
        var next: NIODeadline?
    }

    /// Calls that end about the same time are ended together, so much late at most.
    private static let slack = TimeAmount.milliseconds(5)
    private let state: Mutex<State>
    private let lastNumber = Atomic<UInt64>(0)
    private let loop: any EventLoop

    init(maximum: Int, loop: any EventLoop) {
        state = Mutex(State(calls: PendingCalls(maximum: max(1, maximum))))
        self.loop = loop
    }

    /// Asks with `send`, which gets the question's number and says why it could not be sent, and waits for the answer,
    /// the deadline, the end of the connection or cancellation, whichever is first. `abandoned` gets the number when
    /// nobody waits any more.
    func ask(
        until deadline: NIODeadline, send: (UInt64) -> MeshError?, abandoned: (UInt64) -> Void = { _ in }
    ) async -> PendingCalls.Answer {
        let number = takeNumber()
        let answer = await wait(number, until: deadline, send: send)
        if case .failure(let error) = answer, error == .cancelled || error == .timeout { abandoned(number) }
        return answer
    }

    func ask(timeout: Duration, send: (UInt64) -> MeshError?) async -> PendingCalls.Answer {
        await ask(until: .now() + TimeAmount(timeout), send: send)
    }

    /// A number no other question on this connection has. Never zero, which says "no question".
    func takeNumber() -> UInt64 { lastNumber.wrappingAdd(1, ordering: .relaxed).newValue }

    private func wait(
        _ number: UInt64, until deadline: NIODeadline, send: (UInt64) -> MeshError?
    ) async -> PendingCalls.Answer {
        return await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let (refusal, outdated) = state.withLock { state in
                    let refusal = state.calls.add(waiter, as: number, deadline: deadline)
                    return (refusal, refusal == nil ? wake(by: deadline, &state) : nil)
                }
                outdated?.cancel()
                if let refusal {
                    waiter.resume(returning: .failure(refusal))
                } else if Task.isCancelled {
                    answer(number, .failure(.cancelled))
                } else if let refusal = send(number) {
                    answer(number, .failure(refusal))
                }
            }
        } onCancel: {
            answer(number, .failure(.cancelled))
        }
    }

    /// Ends a wait. An answer nobody waits for any more is dropped.
    func answer(_ number: UInt64, _ answer: PendingCalls.Answer) {
        state.withLock { $0.calls.take(number) }?.waiter.resume(returning: answer)
    }

    /// Ends all waits, and every later one at once.
    func close(_ reason: MeshError) {
        let (calls, timer) = state.withLock { state in
            defer { (state.timer, state.next) = (nil, nil) }
            return (state.calls.close(), state.timer)
        }
        timer?.cancel()
        for call in calls { call.waiter.resume(returning: .failure(reason)) }
    }

    /// Sees to it that the timer goes off by then; the timer it had, if that is too late.
    private func wake(by deadline: NIODeadline, _ state: inout State) -> Scheduled<Void>? {
        if let next = state.next, next <= deadline { return nil }
        defer {
            state.next = deadline
            state.timer = loop.scheduleTask(deadline: deadline) { self.expire() }
        }
        return state.timer
    }

    private func expire() {
        let now = NIODeadline.now()
        let (expired, outdated) = state.withLock { state in
            let expired = state.calls.takeExpired(now)
            (state.timer, state.next) = (nil, nil)
            return (expired, state.calls.firstDeadline.flatMap { wake(by: max($0, now + Self.slack), &state) })
        }
        outdated?.cancel()
        for call in expired { call.waiter.resume(returning: .failure(.timeout)) }
    }
}
