internal import NIOCore
import Synchronization

/// What waits for one service: first in, first out, bounded in number and bytes, begun in order by as many workers as
/// the service has (one, unless it says otherwise).
final class ServiceMailbox: Sendable {
    private struct Worker {
        /// What the worker does now; a caller that gives up cancels it, and the worker starts another.
        var task: Task<Void, Never>?
        var call: Delivery.CallKey?
        var isCalledOff = false
        /// Resumed with whether something waits for it.
        var idle: CheckedContinuation<Bool, Never>?
    }

    private struct State {
        var waiting = CircularBuffer<Delivery>()
        var bytes = 0
        var workers: [Worker]
        /// Those with nothing to do.
        var idle: [Int] = []
        /// One of them was told of what waits and has not looked yet. It wakes the next one then, if there is more:
        /// quick handlers are done by few workers, slow ones by all, and nobody is woken for nothing.
        var isWaking = false
        var isFinished = false
    }

    let name: String
    /// Whose messages are taken; nil: everybody's.
    let roles: Set<MemberRole>?
    private let handler: MeshServices.Handler
    private let state: Mutex<State>
    private let maximumMessages: Int
    private let maximumBytes: Int

    init(
        name: String, roles: [MemberRole]? = nil, concurrency: Int = 1, maximumMessages: Int, maximumBytes: Int,
        handler: @escaping MeshServices.Handler
    ) {
        self.name = name
        self.roles = roles.map { Set($0) }
        self.handler = handler
        self.maximumMessages = maximumMessages
        self.maximumBytes = maximumBytes
        state = Mutex(State(workers: Array(repeating: Worker(), count: min(max(1, concurrency), 1024))))
    }

    /// Whether a sender of these roles may use it.
    func admits(_ sender: [MemberRole]) -> Bool {
        roles.map { !$0.isDisjoint(with: sender) } ?? true
    }

    /// Puts a delivery at the end, or returns false when too much waits already. Never blocks.
    func deliver(_ delivery: Delivery) -> Bool { deliver([delivery]).isEmpty }

    /// The same with several. Returns those for which there is no room.
    func deliver(_ deliveries: ArraySlice<Delivery>) -> [Delivery] {
        let (refused, idle) = state.withLock { state in
            let refused = deliveries.filter { !keep($0, &state) }
            return (refused, Self.wakeNext(&state))
        }
        idle?.resume(returning: true)
        return refused
    }

    private func keep(_ delivery: Delivery, _ state: inout State) -> Bool {
        let bytes = delivery.message.body.count
        // What an idle worker is about to take does not count as waiting.
        let taken = state.idle.count + (state.isWaking ? 1 : 0)
        guard
            state.waiting.count < taken
                || state.waiting.count < maximumMessages + taken
                    && (state.bytes + bytes <= maximumBytes || state.waiting.isEmpty)
        else { return false }
        state.waiting.append(delivery)
        state.bytes += bytes
        return true
    }

    /// The caller of a call gave up: it is not begun, or what handles it is cancelled. False when it is not here.
    func cancel(_ call: Delivery.CallKey) -> Bool {
        let (found, task, delivery): (Bool, Task<Void, Never>?, Delivery?) = state.withLock { state in
            if let worker = state.workers.firstIndex(where: { $0.call == call }) {
                state.workers[worker].isCalledOff = true
                return (true, state.workers[worker].task, nil)
            }
            guard let index = state.waiting.firstIndex(where: { $0.call == call }) else { return (false, nil, nil) }
            let delivery = state.waiting.remove(at: index)
            state.bytes -= delivery.message.body.count
            return (true, nil, delivery)
        }
        // Not under the lock: what is cancelled hears of it at once, here, and may use this mailbox. The task can have
        // no other call by now: one that is called off ends its task.
        task?.cancel()
        delivery?.handled()
        return found
    }

    /// Handles what comes until cancelled or finished.
    @concurrent func run() async {
        await withDiscardingTaskGroup { group in
            for worker in 0..<state.withLock({ $0.workers.count }) {
                group.addTask { await self.run(worker) }
            }
        }
    }

    /// Ends `run()` after what waits now.
    func finish() {
        let idle = state.withLock { state in
            state.isFinished = true
            state.idle = []
            return state.workers.indices.compactMap { worker in
                defer { state.workers[worker].idle = nil }
                return state.workers[worker].idle
            }
        }
        for worker in idle { worker.resume(returning: false) }
    }

    private func run(_ worker: Int) async {
        while !Task.isCancelled, !state.withLock({ $0.isFinished && $0.waiting.isEmpty }) {
            state.withLock { $0.workers[worker].isCalledOff = false }
            // A task of its own, so that a caller can cancel what it asked for and nothing else. Awaited right here.
            let task = Task { await self.serve(worker) }
            let isCalledOff = state.withLock { state in
                state.workers[worker].task = task
                return state.workers[worker].isCalledOff
            }
            if isCalledOff { task.cancel() }
            await withTaskCancellationHandler {
                await task.value
            } onCancel: {
                task.cancel()
            }
        }
    }

    /// Handles one after the other until cancelled, be it by a caller or because the mesh ends, or finished.
    private func serve(_ worker: Int) async {
        var next: Delivery?
        while true {
            if next == nil { next = await take(worker) }
            guard let delivery = next else { return }
            delivery.handled()
            let isExpired = delivery.isExpired
            let outcome = isExpired ? .failure(.timeout) : await handle(delivery.message)
            if isExpired { delivery.origin?.meter.count { $0.callsExpired += 1 } }
            // Nobody waits for the answer: the caller gave up, or sees its connection end.
            let isOver = Task.isCancelled && !isExpired
            let (isCalledOff, following, idle) = proceed(worker, isOver: isOver)
            idle?.resume(returning: true)
            if isExpired || !isCalledOff { delivery.answer(outcome) }
            if isCalledOff { return }
            next = following
        }
    }

    /// Ends the time in which what a worker does can be called off, and tells whether it was, or is over anyway. If
    /// not, gives the next delivery, when there is one, and whom to wake for the one after it.
    private func proceed(
        _ worker: Int, isOver: Bool
    ) -> (isCalledOff: Bool, next: Delivery?, idle: CheckedContinuation<Bool, Never>?) {
        state.withLock { state in
            state.workers[worker].call = nil
            if isOver || state.workers[worker].isCalledOff { return (true, nil, nil) }
            return (false, takeFirst(&state, worker), Self.wakeNext(&state))
        }
    }

    /// The next delivery; nil when cancelled or finished.
    private func take(_ worker: Int) async -> Delivery? {
        var isAwaited = false
        while true {
            let (delivery, isOver, next) = state.withLock { state in
                if isAwaited { state.isWaking = false }
                let delivery = takeFirst(&state, worker)
                return (delivery, state.isFinished || Task.isCancelled, Self.wakeNext(&state))
            }
            next?.resume(returning: true)
            if delivery != nil || isOver { return delivery }
            isAwaited = await idle(worker)
        }
    }

    /// Waits until something may have come; true when others count on this worker to look.
    private func idle(_ worker: Int) async -> Bool {
        await withTaskCancellationHandler {
            await withCheckedContinuation { idle in
                let hasCome = state.withLock { state in
                    if !state.waiting.isEmpty || state.isFinished || Task.isCancelled { return true }
                    state.workers[worker].idle = idle
                    state.idle.append(worker)
                    return false
                }
                if hasCome { idle.resume(returning: false) }
            }
        } onCancel: {
            let idle = self.state.withLock { state in
                state.idle.removeAll { $0 == worker }
                defer { state.workers[worker].idle = nil }
                return state.workers[worker].idle
            }
            idle?.resume(returning: false)
        }
    }

    /// An idle worker, when something waits that nobody is about to look at.
    private static func wakeNext(_ state: inout State) -> CheckedContinuation<Bool, Never>? {
        guard !state.isWaking, !state.waiting.isEmpty, let worker = state.idle.popLast() else { return nil }
        state.isWaking = true
        defer { state.workers[worker].idle = nil }
        return state.workers[worker].idle
    }

    private func takeFirst(_ state: inout State, _ worker: Int) -> Delivery? {
        state.workers[worker].call = nil
        guard let delivery = state.waiting.popFirst() else { return nil }
        state.bytes -= delivery.message.body.count
        state.workers[worker].call = delivery.call
        return delivery
    }

    private func handle(_ message: MeshMessage) async -> Result<[UInt8], MeshError> {
        do {
            return .success(try await handler(message) ?? [])
        } catch let failure as MeshServiceFailure {
            return .failure(.remote(code: failure.code, message: failure.message))
        } catch let error as MeshError where error == .undecodable {
            return .failure(error)
        } catch {
            // The type only: an error's text may hold what the caller must not see.
            return .failure(.remote(code: 0, message: "\(type(of: error))"))
        }
    }
}
