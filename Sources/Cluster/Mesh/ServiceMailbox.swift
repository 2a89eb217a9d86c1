import Synchronization

/// What waits for one service: first in, first out, one at a time, bounded in number and bytes.
final class ServiceMailbox: Sendable {
    struct Delivery: Sendable {
        var message: MeshMessage
        /// After this nobody waits for the answer any more; nil for a cast.
        var deadline: ContinuousClock.Instant?
        var reply: (@Sendable (Result<[UInt8], MeshError>) -> Void)?
    }

    let name: String
    private let handler: MeshServices.Handler
    private let deliveries: AsyncStream<Delivery>
    private let inlet: AsyncStream<Delivery>.Continuation
    private let waiting = Mutex((messages: 0, bytes: 0))
    private let maximumMessages: Int
    private let maximumBytes: Int

    init(name: String, maximumMessages: Int, maximumBytes: Int, handler: @escaping MeshServices.Handler) {
        self.name = name
        self.handler = handler
        self.maximumMessages = maximumMessages
        self.maximumBytes = maximumBytes
        // Unbounded itself: `waiting` bounds it, in bytes too.
        (deliveries, inlet) = AsyncStream.makeStream()
    }

    /// Puts a delivery at the end, or returns false when too much waits already. Never blocks.
    func deliver(_ delivery: Delivery) -> Bool {
        // Yielded inside the lock: the order of admission is the order of handling.
        waiting.withLock { waiting in
            let bytes = delivery.message.body.count
            guard waiting.messages < maximumMessages, waiting.bytes + bytes <= maximumBytes || waiting.messages == 0
            else { return false }
            waiting.messages += 1
            waiting.bytes += bytes
            inlet.yield(delivery)
            return true
        }
    }

    /// Handles what comes until cancelled or finished.
    @concurrent func run() async {
        for await delivery in deliveries {
            waiting.withLock { waiting in
                waiting.messages -= 1
                waiting.bytes -= delivery.message.body.count
            }
            if let deadline = delivery.deadline, deadline <= .now {
                delivery.reply?(.failure(.timeout))
                continue
            }
            let outcome = await handle(delivery.message)
            // Cancelled: the mesh is closing, and the caller hears so from its connection's end.
            if !Task.isCancelled { delivery.reply?(outcome) }
        }
    }

    /// Ends `run()` after what waits now.
    func finish() {
        inlet.finish()
    }

    private func handle(_ message: MeshMessage) async -> Result<[UInt8], MeshError> {
        do {
            return .success(try await handler(message) ?? [])
        } catch let failure as MeshServiceFailure {
            return .failure(.remote(code: failure.code, message: failure.message))
        } catch {
            // The type only: an error's text may hold what the caller must not see.
            return .failure(.remote(code: 0, message: "\(type(of: error))"))
        }
    }
}
