internal import NIOCore
import Synchronization

extension MeshConnection {
    /// A CAST or CALL that came; nil when it cannot be read.
    func delivery(_ frame: Frame, isCall: Bool, at now: NIODeadline, on terms: MeshTerms) -> Delivery? {
        guard let body = MessageBody(decoding: frame.payload) else {
            meter.count { $0.malformedMessages += 1 }
            if isCall { reply(frame.correlation, .failure(.noService)) }
            return nil
        }
        return Delivery(
            MeshMessage(
                sender: terms.peer.member, roles: terms.roles, service: body.service, body: body.body, isCall: isCall),
            from: self, size: terms.features.contains(.credit) ? frame.payload.readableBytes : nil,
            call: isCall ? frame.correlation : nil,
            deadline: isCall ? now + .milliseconds(Int64(body.patience)) : nil)
    }

    /// Gives messages to their services, in the order they came. On the event loop.
    func deliver(_ messages: [Delivery], on terms: MeshTerms, to owner: any MeshConnectionOwner) {
        var messages = messages
        if terms.features.contains(.credit) {
            let excess = inbound.withLock { inbound in messages.filter { !inbound.arrived($0) } }
            for message in excess {
                meter.count { $0.creditExceeded += 1 }
                refuse(message, .overloaded)
            }
            if !excess.isEmpty { messages.removeAll { message in excess.contains { $0 === message } } }
        }
        for (message, refusal) in owner.receive(messages) {
            if let size = message.size { refused(message.message.service, size, refusal) }
            refuse(message, refusal)
        }
    }

    private func refuse(_ message: Delivery, _ refusal: MeshError) {
        if message.call == nil { meter.count { $0.castsDropped += 1 } }
        message.answer(.failure(refusal))
    }

    /// A message that was waiting for a service waits no more.
    func handled(_ service: String, _ size: Int) {
        grant(service, inbound.withLock { $0.handled(service, size) })
    }

    private func refused(_ service: String, _ size: Int, _ refusal: MeshError) {
        grant(
            service, inbound.withLock { $0.refused(service, size, isUnknown: refusal == .noService) })
    }

    private func grant(_ service: String, _ credit: Credit?) {
        guard let credit else { return }
        var payload = ByteBuffer()
        payload.writeInteger(UInt32(clamping: credit.messages))
        payload.writeInteger(UInt32(clamping: credit.bytes))
        payload.writeString(service)
        tell(Frame(.credit, flags: .optional, payload: payload))
    }

    /// Sends what the peer must not miss. When there is no room for it the connection is given up: on the next one
    /// everything is told anew.
    func tell(_ frame: Frame) {
        guard enqueue(frame) == .overloaded else { return }
        meter.count { $0.resynchronized += 1 }
        close()
    }
}

extension InboundCredit {
    /// The same, for a message of a peer that counts.
    mutating func arrived(_ delivery: Delivery) -> Bool { arrived(delivery.message.service, delivery.size ?? 0) }

    mutating func refused(_ service: String, _ bytes: Int, isUnknown: Bool) -> Credit? {
        isUnknown ? forget(service) : handled(service, bytes)
    }
}

extension Hello {
    /// The roles it names, and the one its name says.
    var allRoles: [MemberRole] { roles.contains(member.name.role) ? roles : roles + [member.name.role] }
}
