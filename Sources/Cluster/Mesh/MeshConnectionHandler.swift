internal import NIOCore

/// The bytes of one connection: handshake first, then frames. Everything in it happens on the channel's event loop,
/// PINGs are answered here, and what services do never runs here.
final class MeshConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private enum Phase {
        case proving
        case open(MemberID)
        case ended
    }

    private let connection: MeshConnection
    private let owner: any MeshConnectionOwner
    private let makeHandshake: (any Channel) -> HandshakeMachine?
    private var handshake: HandshakeMachine?
    private var decoder = FrameDecoder(limit: Frame.handshakeLimit)
    private var phase = Phase.proving
    private var deadline: Scheduled<Void>?
    private var pulse: Scheduled<Void>?
    private var heard = NIODeadline.now()
    private var lastPulse = NIODeadline.now()

    /// `handshake` is called once the channel is active and knows its own address; nil ends the connection.
    init(
        _ connection: MeshConnection, owner: any MeshConnectionOwner,
        handshake: @escaping (any Channel) -> HandshakeMachine?
    ) {
        self.connection = connection
        self.owner = owner
        makeHandshake = handshake
    }

    func channelActive(context: ChannelHandlerContext) {
        let limit = TimeAmount(connection.configuration.handshakeDeadline)
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: limit) { self.end(.timeout) }
        handshake = makeHandshake(context.channel)
        if handshake == nil { end(.malformed) }
        if let first = handshake?.begin() { connection.write(first) }
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        heard = .now()
        decoder.append(unwrapInboundIn(data))
        do {
            while !hasEnded, let frame = try decoder.next() { receive(frame) }
        } catch {
            if case .open = phase { connection.meter.count { $0.malformed += 1 } }
            end(.notRoost)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { connection.drain() }
        context.fireChannelWritabilityChanged()
    }

    // A connection that never came to be is the dial's failure, here as in `errorCaught`.
    func channelInactive(context: ChannelHandlerContext) {
        if handshake != nil { end(.closed) }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if handshake != nil { end(.closed) }
    }

    private var hasEnded: Bool {
        if case .ended = phase { return true }
        // Replaced by a better connection: what still comes here must not mix with what comes there.
        return connection.isRetired
    }

    private func receive(_ frame: Frame) {
        switch phase {
        case .proving: if let directive = handshake?.receive(frame) { follow(directive) }
        case .open(let peer): dispatch(frame, from: peer)
        case .ended: break
        }
    }

    private func follow(_ directive: HandshakeMachine.Directive) {
        switch directive {
        case .send(let frame): connection.write(frame)
        case .established(let peer):
            if let reason = owner.admit(connection, peer) { return refuse(reason) }
            open(peer)
        case .verified(let peer):
            if let reason = owner.admit(connection, peer) { return refuse(reason) }
            if let proof = handshake?.accept() { connection.write(proof) }
            open(peer)
        case .reject(let reason, let answer):
            if let answer { connection.write(answer) }
            end(reason)
        }
    }

    private func refuse(_ reason: HandshakeReject) {
        if let directive = handshake?.refuse(reason) { follow(directive) }
    }

    private func open(_ peer: Hello) {
        deadline?.cancel()
        phase = .open(peer.member)
        decoder.limit = connection.configuration.maximumPayload
        connection.open(peer)
        connection.meter.count { $0.established += 1 }
        heard = .now()
        lastPulse = .now()
        owner.opened(connection)
        beat()
    }

    private func end(_ reason: HandshakeReject) {
        if case .ended = phase { return }
        var wasOpen = false
        if case .open = phase { wasOpen = true }
        phase = .ended
        deadline?.cancel()
        pulse?.cancel()
        // Told before the peer can see the end.
        owner.ended(connection, wasOpen ? nil : reason)
        connection.close()
    }

    /// Pings, and looks whether anything was heard.
    private func beat() {
        guard case .open = phase else { return }
        let now = NIODeadline.now()
        let interval = max(TimeAmount(connection.configuration.pingInterval), .milliseconds(10))
        // A late pulse means this process slept: the silence may be its own, so everybody gets a fresh start.
        if now - lastPulse > interval * 3 { heard = now }
        lastPulse = now
        if now - heard > TimeAmount(connection.configuration.silenceLimit) {
            connection.meter.count { $0.silenced += 1 }
            return end(.timeout)
        }
        connection.writePing(0)
        pulse = connection.channel.eventLoop.assumeIsolated().scheduleTask(in: interval) { self.beat() }
    }

    private func dispatch(_ frame: Frame, from peer: MemberID) {
        connection.meter.count { $0.framesReceived &+= 1 }
        let isKnown = frame.flags.isDisjoint(with: [.more, .compressed])
        switch FrameType(rawValue: frame.type) {
        case .ping where isKnown && frame.payload.readableBytes <= 64:
            connection.write(Frame(.pong, correlation: frame.correlation, payload: frame.payload))
        case .pong where isKnown: pong(frame)
        case .cast where isKnown: deliver(frame, from: peer, isCall: false)
        case .call where isKnown: deliver(frame, from: peer, isCall: true)
        case .reply where isKnown: connection.calls.answer(frame.correlation, .success(frame.payload))
        case .error:
            connection.calls.answer(frame.correlation, .failure(MeshError(errorFrame: frame.payload)))
        default:
            if frame.flags.contains(.optional) { return }
            connection.reply(frame.correlation, .failure(.unsupported))
        }
    }

    private func pong(_ frame: Frame) {
        var payload = frame.payload
        let now = NIODeadline.now().uptimeNanoseconds
        guard let sent = payload.readInteger(as: UInt64.self), sent <= now else { return }
        connection.measured(.nanoseconds(Int64(clamping: now - sent)))
        connection.calls.answer(frame.correlation, .success(ByteBuffer(integer: now - sent)))
    }

    private func deliver(_ frame: Frame, from peer: MemberID, isCall: Bool) {
        let connection = connection
        let number = frame.correlation
        guard let body = MessageBody(decoding: frame.payload) else {
            if isCall { connection.reply(number, .failure(.noService)) }
            return
        }
        let message = MeshMessage(sender: peer, service: body.service, body: body.body, isCall: isCall)
        var delivery = ServiceMailbox.Delivery(message: message)
        if isCall {
            delivery.deadline = .now + .milliseconds(Int64(body.patience))
            delivery.reply = { connection.reply(number, $0) }
        }
        guard let refusal = owner.receive(delivery) else { return }
        if isCall {
            connection.reply(number, .failure(refusal))
        } else {
            connection.meter.count { $0.castsDropped += 1 }
        }
    }
}
