internal import NIOCore
import Synchronization

extension Mesh {
    /// Asks a member's service and waits for its reply.
    ///
    /// - Parameters:
    ///   - incarnation: Which life of the member is meant; nil: whichever is connected.
    ///   - timeout: How long to wait; nil: the configuration's default. A service does not begin what nobody waits for.
    ///
    /// Throws `MeshError`. When it is `timeout`, `cancelled` or `connectionLost`, the call may have been carried out.
    public func call(
        _ member: MemberName, _ service: String, _ body: [UInt8] = [], incarnation: UInt64? = nil,
        timeout: Duration? = nil
    ) async throws(MeshError) -> [UInt8] {
        let timeout = limit(timeout)
        guard member == me.name else {
            return try await connection(to: member, incarnation).call(service, body, timeout: timeout)
        }
        try checkSelf(incarnation)
        let answer = await ownCalls.ask(timeout: timeout) { number in
            services.deliver(
                ServiceMailbox.Delivery(
                    message: MeshMessage(sender: me.id, service: service, body: body, isCall: true),
                    deadline: .now + timeout,
                    reply: { [ownCalls] in ownCalls.answer(number, $0.map { .init(bytes: $0) }) }))
        }
        return Array(try answer.get().readableBytesView)
    }

    /// Sends to a member's service and waits for nothing. Returns when the message is queued here; throws `MeshError`
    /// when it could not be. Whether it arrives is not known.
    public func cast(
        _ member: MemberName, _ service: String, _ body: [UInt8] = [], incarnation: UInt64? = nil
    ) throws(MeshError) {
        guard member == me.name else { return try connection(to: member, incarnation).cast(service, body) }
        try checkSelf(incarnation)
        let message = MeshMessage(sender: me.id, service: service, body: body, isCall: false)
        if let refusal = services.deliver(.init(message: message)) { throw refusal }
    }

    /// The time a PING to a member and back takes; zero for this member. Throws `MeshError`.
    public func ping(_ member: MemberName, timeout: Duration? = nil) async throws(MeshError) -> Duration {
        if member == me.name { return .zero }
        return try await connection(to: member, nil).ping(timeout: limit(timeout))
    }

    private func connection(to name: MemberName, _ incarnation: UInt64?) throws(MeshError) -> MeshConnection {
        let (connection, peer) = state.withLock { state in
            let link = state.machine.connection(to: name)
            return (link.flatMap { state.connections[$0.number] }, link?.peer)
        }
        guard let connection, let peer else { throw .notConnected }
        if let incarnation, incarnation != peer.incarnation { throw .nodeDown }
        return connection
    }

    private func checkSelf(_ incarnation: UInt64?) throws(MeshError) {
        if let incarnation, incarnation != me.incarnation { throw .nodeDown }
    }

    private func limit(_ timeout: Duration?) -> Duration {
        min(max(timeout ?? configuration.callTimeout, .milliseconds(1)), .seconds(3600))
    }
}
