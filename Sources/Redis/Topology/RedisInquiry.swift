import NIOCore
import Synchronization

/// Asks one server a few commands on a connection of its own, which ends with the answer.
final class RedisInquiry: RedisChannelDelegate {
    typealias Answer = Result<[RedisValue], RedisError>

    private struct State {
        var greeting: RedisGreeting?
        var replies: [RedisValue] = []
        var channel: (any Channel)?
        var hasEnded = false
    }

    let leavesWhenSettled = false
    private let commands: [RedisCommand]
    private let configuration: RedisConfiguration
    private let onAnswer: @Sendable (Answer) -> Void
    private let state = Mutex(State())

    /// - Parameters:
    ///   - configuration: of the server that is asked: one server, and who we are there.
    ///   - onAnswer: called once, on an event loop, unless the inquiry is cancelled before.
    init(
        _ commands: [RedisCommand], _ configuration: RedisConfiguration, onAnswer: @escaping @Sendable (Answer) -> Void
    ) {
        self.commands = commands
        self.configuration = configuration
        self.onAnswer = onAnswer
    }

    func start(_ transport: RedisTransport, on eventLoop: any EventLoop) {
        transport.connect(on: eventLoop, delegate: self, generation: 0)
    }

    /// Hangs up; nobody is told.
    func cancel() { _ = close() }

    /// Whether this was the end.
    private func close() -> Bool {
        let (isFirst, channel) = state.withLock { state in
            defer { state.hasEnded = true }
            return (!state.hasEnded, state.channel)
        }
        channel?.close(promise: nil)
        return isFirst
    }

    private func end(_ answer: Answer) {
        if close() { onAnswer(answer) }
    }

    func opened(_ channel: any Channel, generation: Int) {
        do throws(RedisError) {
            let greeting = try RedisGreeting(configuration)
            var bytes = greeting.bytes
            for command in commands { bytes += try command.wireBytes() }
            let hasEnded = state.withLock { state in
                state.greeting = greeting
                state.channel = channel
                return state.hasEnded
            }
            if hasEnded {
                channel.close(promise: nil)
            } else {
                channel.writeAndFlush(channel.allocator.buffer(bytes: bytes), promise: nil)
            }
        } catch {
            end(.failure(error))
        }
    }

    func received(_ replies: [RedisValue], generation: Int) {
        let count = commands.count
        let answer = state.withLock { state -> Answer? in
            for reply in replies {
                switch state.greeting?.received(reply) {
                case .waiting: break
                case .failed(let error): return .failure(error)
                case .passed: state.greeting = nil
                case nil: state.replies.append(reply)
                }
            }
            return state.replies.count >= count ? .success(state.replies) : nil
        }
        if let answer { end(answer) }
    }

    func writabilityChanged(_ writable: Bool, generation: Int) {}

    func closed(_ error: RedisError?, generation: Int) {
        end(.failure(error ?? RedisError(.unavailable, "it closed the connection")))
    }
}
