extension Mesh {
    /// Sends to a member's service and waits for nothing but room: it returns when the message is queued here. Whether
    /// it arrives is not known.
    ///
    /// While more than `MeshConfiguration.maximumOutboundBytes` or `maximumOutboundFrames` wait for the member, or the
    /// service there does not keep up, it suspends. Cancelled then, it throws `cancelled` and nothing is sent. Throws
    /// `MeshError`; `overloaded` only when very many senders wait already, or when a service of this member itself is
    /// full.
    public func send(
        _ member: MemberName, _ service: String, _ body: [UInt8] = [], incarnation: UInt64? = nil
    ) async throws(MeshError) {
        guard !isMe(member) else { return try cast(member, service, body, incarnation: incarnation) }
        try await connection(to: member, incarnation).send(service, body)
    }

    /// Sends like `send`, but throws `overloaded` at once instead of waiting for room.
    public func cast(
        _ member: MemberName, _ service: String, _ body: [UInt8] = [], incarnation: UInt64? = nil
    ) throws(MeshError) {
        guard isMe(member) else { return try connection(to: member, incarnation).cast(service, body) }
        try checkSelf(incarnation)
        if let refusal = services.deliver(Delivery(ownMessage(service, body, isCall: false))) { throw refusal }
    }
}
