import Synchronization

/// The services this process offers to the members of its cluster, by name.
public final class MeshServices: Sendable {
    /// Handles one message. What it returns is the reply to a call (nil: an empty one); for a cast it is dropped.
    /// Throw `MeshServiceFailure` to tell the caller why; of another error it learns only the type.
    ///
    /// When the caller gives up, by its time limit or because it was cancelled, the handler's task is cancelled.
    public typealias Handler = @Sendable (MeshMessage) async throws -> [UInt8]?

    struct State {
        var mailboxes: [String: ServiceMailbox] = [:]
        var spawnables: [String: Spawnable] = [:]
        var runner: AsyncStream<ServiceMailbox>.Continuation?
        /// Mailboxes made before anybody ran them.
        var unrun: [ServiceMailbox] = []
    }

    let state = Mutex(State())
    private let maximumMessages: Int
    private let maximumBytes: Int

    /// No services yet; each may have so many messages and bytes waiting, of all senders together.
    public init(maximumWaitingMessages: Int = 20_000, maximumWaitingBytes: Int = 16 * 1024 * 1024) {
        maximumMessages = max(1, maximumWaitingMessages)
        maximumBytes = max(1, maximumWaitingBytes)
    }

    /// Offers a service that takes and gives bytes. Its handler never runs on an event loop.
    ///
    /// - Parameters:
    ///   - name: 1 to 64 bytes of printable ASCII without spaces.
    ///   - roles: Whose messages it takes, by the roles they proved to have; nil: every member's. Others get
    ///     `MeshError.forbidden`.
    ///   - concurrency: How many messages are handled at once, 1 to 1024. With 1, each is done before the next begins;
    ///     with more they begin in order of arrival.
    ///
    /// Throws `MeshError.invalid` when the name is taken or unusable.
    public func register(
        _ name: String, roles: [MemberRole]? = nil, concurrency: Int = 1, handler: @escaping Handler
    ) throws(MeshError) {
        guard MessageBody.isService(name) else { throw .invalid("service name") }
        let mailbox = mailbox(name, roles: roles, concurrency: concurrency, handler: handler)
        let isNew = state.withLock { state in
            guard state.mailboxes[name] == nil else { return false }
            state.mailboxes[name] = mailbox
            return true
        }
        guard isNew else { throw .invalid("service \(name) is registered already") }
        start(mailbox)
    }

    /// Takes a service away: later messages find nobody, those that wait are still handled.
    public func unregister(_ name: String) {
        state.withLock { $0.mailboxes.removeValue(forKey: name) }?.finish()
    }

    /// The names of all services, sorted.
    public var names: [String] {
        state.withLock { $0.mailboxes.keys.sorted() }
    }

    /// A mailbox with the limits of this process.
    func mailbox(
        _ name: String, roles: [MemberRole]?, concurrency: Int, handler: @escaping Handler
    ) -> ServiceMailbox {
        ServiceMailbox(
            name: name, roles: roles, concurrency: concurrency, maximumMessages: maximumMessages,
            maximumBytes: maximumBytes, handler: handler)
    }

    /// Has a mailbox run beside the others, until it is finished or `run` ends.
    func start(_ mailbox: ServiceMailbox) {
        state.withLock { state in
            if let runner = state.runner { runner.yield(mailbox) } else { state.unrun.append(mailbox) }
        }
    }

    /// Runs the handlers until cancelled, and those of services registered later too. Returns at once when another
    /// mesh runs them already.
    func run() async {
        let (mailboxes, continuation) = AsyncStream.makeStream(of: ServiceMailbox.self)
        let isFirst = state.withLock { state in
            guard state.runner == nil else { return false }
            for mailbox in state.unrun { continuation.yield(mailbox) }
            state.unrun = []
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
    func deliver(_ delivery: Delivery) -> MeshError? { deliver([delivery]).first?.refusal }

    /// Hands over the messages of one sender, those that follow each other to one service together. Returns those that
    /// are not accepted.
    func deliver(_ deliveries: [Delivery]) -> [(delivery: Delivery, refusal: MeshError)] {
        var refused: [(Delivery, MeshError)] = []
        var rest = deliveries[...]
        while let first = rest.first {
            let service = first.message.service
            let run = rest.prefix { $0.message.service == service }
            rest = rest[run.endIndex...]
            guard let mailbox = state.withLock({ $0.mailboxes[service] }) else {
                refused += run.map { ($0, .noService) }
                continue
            }
            guard mailbox.admits(first.message.roles) else {
                refused += run.map { ($0, .forbidden) }
                continue
            }
            refused += mailbox.deliver(run).map { ($0, .overloaded) }
        }
        return refused
    }

    /// A caller gave up; false when its call is not here (any more).
    func cancel(_ call: Delivery.CallKey, _ service: String) -> Bool {
        state.withLock { $0.mailboxes[service] }?.cancel(call) ?? false
    }
}
