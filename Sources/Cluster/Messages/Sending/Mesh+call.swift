internal import NIOCore
import Synchronization

extension Mesh {
    /// Asks a member's service and waits for its reply.
    ///
    /// - Parameters:
    ///   - incarnation: Which life of the member is meant; nil: whichever is connected.
    ///   - timeout: How long to wait; nil: the configuration's default. A service does not begin what nobody waits for,
    ///     and what it has begun is cancelled.
    ///
    /// Throws `MeshError`; `overloaded` at once when too much waits to be sent there. When it is `timeout`, `cancelled`
    /// or `connectionLost`, the call may have been carried out. Cancelling the task cancels the service's handler.
    public func call(
        _ member: MemberName, _ service: String, _ body: [UInt8] = [], incarnation: UInt64? = nil,
        timeout: Duration? = nil
    ) async throws(MeshError) -> [UInt8] {
        let timeout = limit(timeout)
        guard isMe(member) else {
            return try await connection(to: member, incarnation).call(service, body, timeout: timeout)
        }
        try checkSelf(incarnation)
        let deadline = NIODeadline.now() + TimeAmount(timeout)
        let answer = await ownCalls.ask(until: deadline) { number in
            services.deliver(
                Delivery(
                    ownMessage(service, body, isCall: true), deadline: deadline,
                    call: .init(connection: 0, number: number)
                ) { [ownCalls] in ownCalls.answer(number, $0.map { .init(bytes: $0) }) })
        } abandoned: { number in
            _ = services.cancel(.init(connection: 0, number: number), service)
        }
        return try answer.get().bytes
    }

    /// The time a PING to a member and back takes; zero for this member. Throws `MeshError`.
    public func ping(_ member: MemberName, timeout: Duration? = nil) async throws(MeshError) -> Duration {
        if isMe(member) { return .zero }
        return try await connection(to: member, nil).ping(timeout: limit(timeout))
    }

    /// The connection in use to a member, of the life that is meant.
    func connection(to name: MemberName, _ incarnation: UInt64?) throws(MeshError) -> MeshConnection {
        guard let connection = state.withLock({ $0.links[name] }) else { throw .notConnected }
        if let incarnation {
            guard let life = connection.peer?.member.incarnation else { throw .notConnected }
            if incarnation != life { throw .nodeDown }
        }
        return connection
    }

    func isMe(_ name: MemberName) -> Bool { name == self.name }

    func checkSelf(_ incarnation: UInt64?) throws(MeshError) {
        if let incarnation, incarnation != me.incarnation { throw .nodeDown }
    }

    func limit(_ timeout: Duration?) -> Duration {
        min(max(timeout ?? configuration.callTimeout, .milliseconds(1)), .seconds(3600))
    }

    /// A message of this member to itself.
    func ownMessage(_ service: String, _ body: [UInt8], isCall: Bool) -> MeshMessage {
        let me = me
        return MeshMessage(sender: me.id, roles: me.roles, service: service, body: body, isCall: isCall)
    }
}
