import Synchronization

/// The services this process offers to the members of its cluster, by name.
public final class MeshServices: Sendable {
    /// Handles one message. What it returns is the reply to a call (nil: an empty one); for a cast it is dropped.
    /// Throw `MeshServiceFailure` to tell the caller why; of another error it learns only the type.
    public typealias Handler = @Sendable (MeshMessage) async throws -> [UInt8]?

    private struct State {
        var mailboxes: [String: ServiceMailbox] = [:]
        var runner: AsyncStream<ServiceMailbox>.Continuation?
    }

    private let state = Mutex(State())
    private let maximumMessages: Int
    private let maximumBytes: Int

    /// No services yet; each may have so many messages and bytes waiting.
    public init(maximumWaitingMessages: Int = 10_000, maximumWaitingBytes: Int = 8 * 1024 * 1024) {
        maximumMessages = max(1, maximumWaitingMessages)
        maximumBytes = max(1, maximumWaitingBytes)
    }

    /// Offers a service. Its handler runs for one message at a time, in order of arrival, never on an event loop.
    ///
    /// Throws `MeshError.invalid` when the name is taken, or is not 1 to 64 bytes of printable ASCII without spaces.
    public func register(_ name: String, handler: @escaping Handler) throws(MeshError) {
        guard MessageBody.isService(name) else { throw .invalid("service name") }
        let mailbox = ServiceMailbox(
            name: name, maximumMessages: maximumMessages, maximumBytes: maximumBytes, handler: handler)
        let isNew = state.withLock { state in
            guard state.mailboxes[name] == nil else { return false }
            state.mailboxes[name] = mailbox
            state.runner?.yield(mailbox)
            return true
        }
        guard isNew else { throw .invalid("service \(name) is registered already") }
    }

    /// Takes a service away: later messages find nobody, those that wait are still handled.
    public func unregister(_ name: String) {
        state.withLock { $0.mailboxes.removeValue(forKey: name) }?.finish()
    }

    /// The names of all services, sorted.
    public var names: [String] {
        state.withLock { $0.mailboxes.keys.sorted() }
    }

    /// Runs the handlers until cancelled, and those of services registered later too. Returns at once when another
    /// mesh runs them already.
    func run() async {
        let (mailboxes, continuation) = AsyncStream.makeStream(of: ServiceMailbox.self)
        let isFirst = state.withLock { state in
            guard state.runner == nil else { return false }
            for mailbox in state.mailboxes.values { continuation.yield(mailbox) }
            state.runner = continuation
            return true
        }
        guard isFirst else { return }
        await withDiscardingTaskGroup { group in
            for await mailbox in mailboxes {
                group.addTask { await mailbox.run() }
            }
        }
    }

    /// Hands over a message; nil when it is accepted.
    func deliver(_ delivery: ServiceMailbox.Delivery) -> MeshError? {
        guard let mailbox = state.withLock({ $0.mailboxes[delivery.message.service] }) else { return .noService }
        return mailbox.deliver(delivery) ? nil : .overloaded
    }
}
