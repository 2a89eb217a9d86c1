internal import NIOCore
import Synchronization

/// The questions that wait for answers on one connection, each with its time limit.
final class CallTable: Sendable {
    private let calls: Mutex<PendingCalls>
    private let loop: any EventLoop

    init(maximum: Int, loop: any EventLoop) {
        calls = Mutex(PendingCalls(maximum: max(1, maximum)))
        self.loop = loop
    }

    /// Asks with `send`, which gets the question's number and says why it could not be sent, and waits for the answer,
    /// the timeout, the end of the connection or cancellation, whichever is first. `abandoned` gets the number when
    /// nobody waits any more.
    func ask(
        timeout: Duration, send: (UInt64) -> MeshError?, abandoned: (UInt64) -> Void = { _ in }
    ) async -> PendingCalls.Answer {
        let number = takeNumber()
        let answer = await wait(number, timeout: timeout, send: send)
        if case .failure(let error) = answer, error == .cancelled || error == .timeout { abandoned(number) }
        return answer
    }

    /// A number no other question on this connection has.
    func takeNumber() -> UInt64 { calls.withLock { $0.takeNumber() } }

    private func wait(
        _ number: UInt64, timeout: Duration, send: (UInt64) -> MeshError?
    ) async -> PendingCalls.Answer {
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                // The timer is made inside the lock: it can fire only after the waiter is in the table.
                let refusal = calls.withLock { calls in
                    calls.add(waiter, as: number) {
                        loop.scheduleTask(in: TimeAmount(timeout)) { self.answer(number, .failure(.timeout)) }
                    }
                }
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
        guard let call = calls.withLock({ $0.take(number) }) else { return }
        call.timer.cancel()
        call.waiter.resume(returning: answer)
    }

    /// Ends all waits, and every later one at once.
    func close(_ reason: MeshError) {
        for call in calls.withLock({ $0.close() }) {
            call.timer.cancel()
            call.waiter.resume(returning: .failure(reason))
        }
    }
}
