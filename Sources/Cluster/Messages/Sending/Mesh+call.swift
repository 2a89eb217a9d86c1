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
            var delivery = ownDelivery(service, body, isCall: true)
            delivery.deadline = deadline
            delivery.call = .init(connection: 0, number: number)
            delivery.reply = { [ownCalls] in ownCalls.answer(number, $0.map { .init(bytes: $0) }) }
            return services.deliver(delivery)
        } abandoned: { number in
            _ = services.cancel(.init(connection: 0, number: number), service)
        }
        return Array(try answer.get().readableBytesView)
    }

    /// The time a PING to a member and back takes; zero for this member. Throws `MeshError`.
    public func ping(_ member: MemberName, timeout: Duration? = nil) async throws(MeshError) -> Duration {
        if member == me.name { return .zero }
        return try await connection(to: member, nil).ping(timeout: limit(timeout))
    }

    /// The connection in use to a member, of the life that is meant.
    func connection(to name: MemberName, _ incarnation: UInt64?) throws(MeshError) -> MeshConnection {
        let (connection, life) = state.withLock { state in
            let link = state.machine.link(to: name)
            return (link.flatMap { state.connections[$0.connection] }, link?.incarnation)
        }
        guard let connection else { throw .notConnected }
        if let incarnation, incarnation != life { throw .nodeDown }
        return connection
    }

    /// Without a copy of all that is known of this member.
    func isMe(_ name: MemberName) -> Bool { identity.withLock { $0.name == name } }

    func checkSelf(_ incarnation: UInt64?) throws(MeshError) {
        if let incarnation, incarnation != me.incarnation { throw .nodeDown }
    }

    func limit(_ timeout: Duration?) -> Duration {
        min(max(timeout ?? configuration.callTimeout, .milliseconds(1)), .seconds(3600))
    }

    /// A message of this member to itself.
    func ownDelivery(_ service: String, _ body: [UInt8], isCall: Bool) -> Delivery {
        Delivery(
            message: MeshMessage(sender: me.id, roles: me.roles, service: service, body: body, isCall: isCall))
    }
}
