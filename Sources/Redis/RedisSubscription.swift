import NIOCore
import Synchronization

/// One subscription on its own connection: performs what the ``RedisSubscriptionMachine`` says.
final class RedisSubscription: RedisChannelDelegate {
    private struct State {
        var machine: RedisSubscriptionMachine
        var channel: (any Channel)?
        var timer: RepeatedTask?
        var waiter: CheckedContinuation<Result<Void, RedisError>, Never>?
        var end: Result<Void, RedisError>?
    }

    let leavesWhenSettled = true
    private let state: Mutex<State>
    private let eventLoop: any EventLoop
    private let onSubscribed: @Sendable () -> Void
    private let onMessage: @Sendable (String, [UInt8]) -> Void

    init(
        machine: RedisSubscriptionMachine, eventLoop: any EventLoop, onSubscribed: @escaping @Sendable () -> Void,
        onMessage: @escaping @Sendable (String, [UInt8]) -> Void
    ) {
        state = Mutex(State(machine: machine))
        self.eventLoop = eventLoop
        self.onSubscribed = onSubscribed
        self.onMessage = onMessage
    }

    /// Connects and waits for the end: success when the task was cancelled.
    func run(_ transport: RedisTransport, _ configuration: RedisConfiguration) async -> Result<Void, RedisError> {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let end = state.withLock { state in
                    if state.end == nil { state.waiter = continuation }
                    return state.end
                }
                if let end {
                    continuation.resume(returning: end)
                } else {
                    start(transport, configuration)
                }
            }
        } onCancel: {
            end(.success(()))
        }
    }

    private func start(_ transport: RedisTransport, _ configuration: RedisConfiguration) {
        let timer = eventLoop.scheduleRepeatedTask(
            initialDelay: configuration.connectTimeout.clampedTimeAmount,
            delay: configuration.subscriptionPingInterval.clampedTimeAmount
        ) { _ in self.handle { $0.tick() } }
        let hasEnded = state.withLock { state in
            state.timer = timer
            return state.end != nil
        }
        if hasEnded {
            timer.cancel()
        } else {
            transport.connect(on: eventLoop, delegate: self, generation: 0)
        }
    }

    /// Ends the subscription; the first end counts.
    func end(_ result: Result<Void, RedisError>) {
        let (waiter, channel, timer) = state.withLock { state in
            if state.end == nil { state.end = result }
            defer {
                state.waiter = nil
                state.timer = nil
            }
            return (state.waiter, state.channel, state.timer)
        }
        timer?.cancel()
        channel?.close(promise: nil)
        waiter?.resume(returning: result)
    }

    private func handle(_ input: (inout RedisSubscriptionMachine) -> RedisSubscriptionMachine.Event) {
        let (event, channel, hasEnded) = state.withLock { state in
            (input(&state.machine), state.channel, state.end != nil)
        }
        guard !hasEnded else { return }
        switch event {
        case .nothing: break
        case .write(let bytes): channel?.writeAndFlush(channel?.allocator.buffer(bytes: bytes), promise: nil)
        case .subscribed: onSubscribed()
        case .message(let channel, let payload): onMessage(channel, payload)
        case .failed(let error): end(.failure(error))
        }
    }

    // MARK: On the event loop

    func opened(_ channel: any Channel, generation: Int) {
        let (opening, hasEnded) = state.withLock { state in
            state.channel = channel
            return (state.machine.opening, state.end != nil)
        }
        if hasEnded {
            channel.close(promise: nil)
        } else {
            channel.writeAndFlush(channel.allocator.buffer(bytes: opening), promise: nil)
        }
    }

    func received(_ replies: [RedisValue], generation: Int) {
        for reply in replies { handle { $0.received(reply) } }
    }

    func writabilityChanged(_ writable: Bool, generation: Int) {}

    func closed(_ error: RedisError?, generation: Int) {
        let lost = RedisError(.connectionLost(maybeApplied: false), "the subscription's connection closed")
        end(.failure(error ?? lost))
    }
}
