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
    private let loop: any EventLoop

    init(maximum: Int, loop: any EventLoop) {
        state = Mutex(State(calls: PendingCalls(maximum: maximum)))
        self.loop = loop
    }

    /// Asks with `send`, which gets the question's number and says why it could not be sent, and waits for the answer,
    /// the deadline, the end of the connection or cancellation, whichever is first. `abandoned` gets the number when
    /// nobody waits any more.
    func ask(
        until deadline: NIODeadline, send: (UInt64) -> MeshError?, abandoned: (UInt64) -> Void = { _ in }
    ) async -> PendingCalls.Answer {
        let number: UInt64
        switch state.withLock({ $0.calls.reserve() }) {
        case .failure(let refusal): return .failure(refusal)
        case .success(let reserved): number = reserved
        }
        let answer = await withTaskCancellationHandler {
            await withCheckedContinuation { wait(.init(waiter: $0, deadline: deadline), as: number, send) }
        } onCancel: {
            state.withLock { $0.calls.callOff(number) }?.waiter.resume(returning: .failure(.cancelled))
        }
        if case .failure(let error) = answer, error == .cancelled || error == .timeout { abandoned(number) }
        return answer
    }

    func ask(timeout: Duration, send: (UInt64) -> MeshError?) async -> PendingCalls.Answer {
        await ask(until: .now() + TimeAmount(timeout), send: send)
    }

    /// A number no other question on this connection has. Never zero, which says "no question".
    func takeNumber() -> UInt64 { state.withLock { $0.calls.takeNumber() } }

    private func wait(_ call: PendingCalls.Call, as number: UInt64, _ send: (UInt64) -> MeshError?) {
        let (refusal, outdated) = state.withLock { state in
            let refusal = state.calls.wait(call, as: number)
            return (refusal, refusal == nil ? wake(by: call.deadline, &state) : nil)
        }
        outdated?.cancel()
        if let refusal {
            call.waiter.resume(returning: .failure(refusal))
        } else if let refusal = send(number) {
            answer(number, .failure(refusal))
        }
    }

    /// Ends a wait. An answer nobody waits for any more is dropped.
    func answer(_ number: UInt64, _ answer: PendingCalls.Answer) {
        state.withLock { $0.calls.take(number) }?.waiter.resume(returning: answer)
    }

    /// Ends several waits at once.
    func answer(_ answers: [PendingCalls.Answered]) {
        guard !answers.isEmpty else { return }
        let calls = state.withLock { state in answers.map { state.calls.take($0.number) } }
        for (call, answered) in zip(calls, answers) { call?.waiter.resume(returning: answered.answer) }
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
