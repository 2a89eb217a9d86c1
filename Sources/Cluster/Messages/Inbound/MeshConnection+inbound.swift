internal import NIOCore
import Synchronization

extension MeshConnection {
    /// A CAST or CALL. On the event loop.
    func deliver(_ frame: Frame, isCall: Bool, at now: NIODeadline, to owner: any MeshConnectionOwner) {
        guard let terms, let body = MessageBody(decoding: frame.payload) else {
            meter.count { $0.malformedMessages += 1 }
            if isCall { reply(frame.correlation, .failure(.noService)) }
            return
        }
        let size = frame.payload.readableBytes
        let counts = terms.features.contains(.credit)
        var refusal: MeshError?
        if counts, !inbound.withLock({ $0.arrived(body.service, size) }) {
            meter.count { $0.creditExceeded += 1 }
            refusal = .overloaded
        } else {
            var delivery = Delivery(
                message: MeshMessage(
                    sender: terms.peer.member, roles: terms.roles, service: body.service, body: body.body,
                    isCall: isCall))
            delivery.origin = self
            if counts { delivery.size = size }
            if isCall {
                delivery.deadline = now + .milliseconds(Int64(body.patience))
                delivery.call = .init(connection: self.number, number: frame.correlation)
            }
            refusal = owner.receive(delivery)
            if counts, let refusal { refused(body.service, size, refusal) }
        }
        guard let refusal else { return }
        if isCall {
            reply(frame.correlation, .failure(refusal))
        } else {
            meter.count { $0.castsDropped += 1 }
        }
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
    mutating func refused(_ service: String, _ bytes: Int, isUnknown: Bool) -> Credit? {
        isUnknown ? forget(service) : handled(service, bytes)
    }
}

extension Hello {
    /// The roles it names, and the one its name says.
    var allRoles: [MemberRole] { roles.contains(member.name.role) ? roles : roles + [member.name.role] }
}
