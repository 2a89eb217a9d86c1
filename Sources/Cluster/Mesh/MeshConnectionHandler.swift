internal import NIOCore
import Synchronization

/// The bytes of one connection: handshake first, then frames. Everything in it happens on the channel's event loop,
/// PINGs are answered here, and what services do never runs here.
final class MeshConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private enum Phase {
        case proving
        case open(MeshTerms)
        /// The peer is proved and counts as down here. It has the first word: it may count this member as down, too, and
        /// one of the two is enough.
        case parley(MemberID)
        case ended
    }

    private let connection: MeshConnection
    private let owner: any MeshConnectionOwner
    private let makeHandshake: (any Channel) -> HandshakeMachine?
    private let tls: MeshTLSContext?
    private var handshake: HandshakeMachine?
    /// The handshake knows the certificates of both sides.
    private var isBound = false
    private var decoder = FrameDecoder(limit: Frame.handshakeLimit)
    /// Set once both sides are known to send parts.
    private var assembler: PartAssembler?
    private var phase = Phase.proving
    private var deadline: Scheduled<Void>?
    private var pulse: Scheduled<Void>?
    private var heard = NIODeadline.now()
    private var lastPulse = NIODeadline.now()
    /// Of what is being read.
    private var arrivals = Arrivals()

    /// `handshake` is called once the channel is active and knows its own address; nil ends the connection.
    init(
        _ connection: MeshConnection, owner: any MeshConnectionOwner, tls: MeshTLSContext? = nil,
        handshake: @escaping (any Channel) -> HandshakeMachine?
    ) {
        self.connection = connection
        self.owner = owner
        self.tls = tls
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
        if let tls, !isBound {
            // The first bytes that came through: the certificates have been checked by now.
            guard let binding = tls.binding(connection.side, context.channel) else { return end(.tls) }
            handshake?.binding = binding
            isBound = true
        }
        heard = .now()
        connection.heard.store(heard.uptimeNanoseconds, ordering: .relaxed)
        decoder.append(unwrapInboundIn(data))
        do {
            while !hasEnded, let frame = try decoder.next() { receive(frame) }
        } catch {
            if case .open = phase { connection.meter.count { $0.malformed += 1 } }
            end(.notRoost)
        }
        handOver()
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
        if handshake != nil { end(tls != nil && !isBound && !(error is IOError) ? .tls : .closed) }
    }

    private var hasEnded: Bool {
        if case .ended = phase { return true }
        // Replaced by a better connection: what still comes here must not mix with what comes there.
        return connection.isRetired
    }

    private func receive(_ frame: Frame) {
        switch phase {
        case .proving: if let directive = handshake?.receive(frame) { follow(directive) }
        case .open(let terms): dispatch(frame, on: terms)
        case .parley(let peer): parley(frame, with: peer)
        case .ended: break
        }
    }

    private func follow(_ directive: HandshakeMachine.Directive) {
        switch directive {
        case .send(let frame): connection.write(frame)
        case .established(let peer):
            let reason = owner.admit(connection, peer)
            if reason == .fenced {
                phase = .parley(peer.member)
                return
            }
            if let reason { return refuse(reason) }
            open(peer)
        case .verified(let peer):
            let reason = owner.admit(connection, peer)
            if let reason, reason != .fenced { return refuse(reason) }
            // Also before FENCED: a stranger at this port must not be able to say it.
            if let proof = handshake?.accept() { connection.write(proof) }
            if reason == .fenced { return fence(peer.member) }
            open(peer)
        case .reject(let reason, let answer):
            if let answer { connection.write(answer) }
            end(reason)
        }
    }

    private func refuse(_ reason: HandshakeReject) {
        if let directive = handshake?.refuse(reason) { follow(directive) }
    }

    /// Tells the peer that it counts as down, and ends.
    private func fence(_ peer: MemberID) {
        connection.write(DetectorFrame.fenced(incarnation: peer.incarnation).encode())
        end(.fenced)
    }

    private func parley(_ frame: Frame, with peer: MemberID) {
        guard case .fenced = DetectorFrame(frame) else { return fence(peer) }
        _ = owner.receive(frame, on: connection)
        end(.fenced)
    }

    private func open(_ peer: Hello) {
        deadline?.cancel()
        decoder.limit = connection.configuration.maximumPayload
        let terms = connection.open(peer)
        phase = .open(terms)
        if terms.features.contains(.parts) {
            assembler = PartAssembler(limit: connection.configuration.maximumPayload)
        }
        connection.meter.count { $0.established += 1 }
        heard = .now()
        lastPulse = .now()
        owner.opened(connection)
        beat()
    }

    private func end(_ reason: HandshakeReject) {
        // What came before the end counts; to give it on may have ended it already.
        handOver()
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

    private func dispatch(_ frame: Frame, on terms: MeshTerms) {
        arrivals.frames += 1
        if assembler?.concerns(frame) ?? false {
            if let whole = assemble(frame) { take(whole, on: terms) }
        } else {
            take(frame, on: terms)
        }
    }

    private func take(_ frame: Frame, on terms: MeshTerms) {
        let isKnown = frame.flags.isDisjoint(with: [.more, .compressed])
        switch FrameType(rawValue: frame.type) {
        case .cast where isKnown: arrived(frame, isCall: false, on: terms)
        case .call where isKnown: arrived(frame, isCall: true, on: terms)
        case .reply where isKnown: arrivals.answers.append(.init(frame.correlation, .success(frame.payload)))
        case .error:
            arrivals.answers.append(.init(frame.correlation, .failure(MeshError(errorFrame: frame.payload))))
        case .ping where isKnown && frame.payload.readableBytes <= 64:
            connection.write(Frame(.pong, correlation: frame.correlation, payload: frame.payload))
        case .pong where isKnown: pong(frame)
        case .credit where isKnown: connection.granted(frame)
        default:
            // It may be about messages that came before it.
            handOver()
            if isKnown, owner.receive(frame, on: connection) { return }
            if frame.flags.contains(.optional) { return }
            connection.reply(frame.correlation, .failure(.unsupported))
        }
    }

    /// Gives on what came so far, all at once: what each wakes need not be woken for the next.
    private func handOver() {
        guard case .open(let terms) = phase, arrivals.frames > 0 else { return }
        let arrived = arrivals
        arrivals = Arrivals()
        connection.meter.countReceived(arrived.frames)
        connection.calls.answer(arrived.answers)
        connection.deliver(arrived.messages, on: terms, to: owner)
    }

    private func arrived(_ frame: Frame, isCall: Bool, on terms: MeshTerms) {
        if let message = connection.delivery(frame, isCall: isCall, at: heard, on: terms) {
            arrivals.messages.append(message)
        }
    }

    /// The frame, once all parts of its payload are here.
    private func assemble(_ frame: Frame) -> Frame? {
        switch assembler?.add(frame) {
        case .whole(let frame): return frame
        case .part: return nil
        case .refused, nil:
            connection.meter.count { $0.malformed += 1 }
            end(.malformed)
            return nil
        }
    }

    private func pong(_ frame: Frame) {
        var payload = frame.payload
        let now = NIODeadline.now().uptimeNanoseconds
        guard let sent = payload.readInteger(as: UInt64.self), sent <= now else { return }
        connection.measured(.nanoseconds(Int64(clamping: now - sent)))
        connection.calls.answer(frame.correlation, .success(ByteBuffer(integer: now - sent)))
    }
}
