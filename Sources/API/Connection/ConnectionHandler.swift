import NIOCore

/// Runs a connection's machine: in front of the HTTP decoder, so that it sees the bytes as they came.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let limits: ConnectionLimits
    private let meter: ConnectionMeter
    private let admission: AdmissionGate
    private let memory: HeldBytes
    private let arrival: RequestArrival
    private var machine: ConnectionMachine
    /// The beginning of a head.
    private var held: ByteBuffer?
    private var heldBytes = 0
    /// Bytes of the long reply that is being written.
    private var replyBytes = 0
    /// Of its bodies, those that count among all that are held.
    private var bodyBytes = 0
    /// Bytes that came after the refusal.
    private var dropped = 0
    private var timer: (at: NIODeadline, task: Scheduled<Void>)?
    private var stall: WriteStall?
    /// Hears when the client hangs up.
    private var presence: ClientPresence?
    private var isInputClosed = false
    /// Whether one of its requests is among those served at a time. However many it sends at once, they are served one
    /// after the other.
    private var isInside = false
    private var isOpen = false
    private var isClosing = false

    init(limits: ConnectionLimits, metrics: APIMetrics, arrival: RequestArrival) {
        self.limits = limits
        meter = metrics.connections
        admission = metrics.admission
        memory = metrics.held
        self.arrival = arrival
        machine = ConnectionMachine(limits: limits, now: .now())
    }

    func handlerAdded(context: ChannelHandlerContext) { if context.channel.isActive { open(context) } }

    func channelActive(context: ChannelHandlerContext) {
        open(context)
        context.fireChannelActive()
    }

    private func open(_ context: ChannelHandlerContext) {
        guard !isOpen else { return }
        isOpen = true
        if meter.opened() > limits.connections { perform(machine.refuse(.busy), context) }
        watch(context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.task.cancel()
        timer = nil
        if isOpen { meter.closed() }
        isOpen = false
        hold(nil)
        memory.remove(bodyBytes + replyBytes)
        (bodyBytes, replyBytes) = (0, 0)
        presence?.leave()
        presence = nil
        admission.quit(arrival)
        if isInside { admission.leave() }
        isInside = false
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if isClosing { return drop(bytes.readableBytes, context) }
        if var head = held {
            // Emptied first: a buffer with two owners is copied when it is written to.
            held = nil
            head.writeBuffer(&bytes)
            bytes = head
        }
        let now = NIODeadline.now()
        let received = bytes.withUnsafeReadableBytes { machine.receive($0, now: now) { admits($0, $1, now) } }
        for offset in received.masked { bytes.setInteger(UInt8(ascii: "X"), at: bytes.readerIndex + offset) }
        for isHead in received.refusals {
            meter.refused(.overload)
            context.writeAndFlush(wrapOutboundOut(isHead ? Overload.headReply : Overload.reply), promise: nil)
        }
        if received.skipped > 0 { bytes.moveReaderIndex(forwardBy: received.skipped) }
        let piece = bytes.readSlice(length: received.forward)
        hold(received.holds && bytes.readableBytes > 0 ? bytes : nil)
        if let piece, received.forward > 0 { context.fireChannelRead(wrapInboundOut(piece)) }
        perform(received.action, context)
        countBodies(context)
        watch(context)
    }

    /// Counts what its bodies hold among all; one that there is no room for is broken off, and its route answers.
    private func countBodies(_ context: ChannelHandlerContext) {
        let more = machine.bodyBytes - bodyBytes
        guard more != 0, isOpen else { return }
        bodyBytes += more
        if !memory.add(more, limit: limits.heldBytes), more > 0 { perform(machine.refuseBody(), context) }
    }

    /// Reads on so that the client sees its refusal, but not without end.
    private func drop(_ count: Int, _ context: ChannelHandlerContext) {
        dropped += count
        if dropped > limits.bodyBytes { context.close(promise: nil) }
    }

    /// Whether a request may come in.
    private func admits(_ head: RequestHead, _ bytes: UnsafeRawBufferPointer, _ now: NIODeadline) -> Bool {
        if head.framing != .length(0), !memory.hasRoom(limit: limits.heldBytes) { return false }
        if !admission.arrive(limits.admission) {
            guard Overload.isProbe(UnsafeRawBufferPointer(rebasing: bytes[head.target])) else { return false }
            admission.enter()
        }
        isInside = true
        arrival.set(now)
        return true
    }

    /// Leaves when there is nothing to do, and while that waits for something: then it takes no thread.
    private func settle() {
        let works = machine.unanswered > 0 && presence == nil
        if works == isInside { return }
        isInside = works
        if works { admission.resume() } else { admission.leave() }
    }

    private func hold(_ bytes: ByteBuffer?) {
        held = bytes
        let before = heldBytes
        heldBytes = bytes?.readableBytes ?? 0
        meter.holds(heldBytes, before: before)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed = event as? ChannelEvent {
            isInputClosed = true
            presence?.leave()
            if isClosing {
                context.close(promise: nil)
            } else {
                perform(machine.inputEnded(), context)
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func triggerUserOutboundEvent(
        context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
    ) {
        guard let event = event as? ConnectionEvent else {
            return context.triggerUserOutboundEvent(event, promise: promise)
        }
        switch event {
        case .replyCloses: machine.replyCloses()
        case .replyHolds(let count): if isOpen { replyBytes += count } else { memory.remove(count) }
        case .answered:
            presence = nil
            memory.remove(replyBytes)
            replyBytes = 0
            perform(machine.answered(now: .now()), context)
            countBodies(context)
        case .watch(let client):
            presence = client
            if isInputClosed || !isOpen { client.leave() }
        }
        promise?.succeed()
        watch(context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        stall = context.channel.isWritable ? nil : WriteStall(context.channel, since: .now())
        watch(context)
        context.fireChannelWritabilityChanged()
    }
}

extension ConnectionHandler {
    private func perform(_ action: ConnectionMachine.Action?, _ context: ChannelHandlerContext) {
        switch action {
        case nil: break
        case .sendContinue: write("HTTP/1.1 100 Continue\r\n\r\n", context)
        case .refuse(let fault):
            meter.refused(fault)
            write(fault.error.rawReply, context)
            close(context)
        case .fail(let fault):
            meter.refused(fault)
            context.fireErrorCaught(fault.error)
        case .close: close(context)
        case .drop: context.close(promise: nil)
        }
    }

    private func write(_ text: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(string: text)), promise: nil)
    }

    /// Closes the sending side once everything is written, and the rest when the client has closed its own or a moment
    /// later: closed at once with bytes unread, the client would get a reset instead of the reply.
    private func close(_ context: ChannelHandlerContext) {
        guard !isClosing else { return }
        isClosing = true
        hold(nil)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let empty = context.channel.allocator.buffer(capacity: 0)
        context.writeAndFlush(wrapOutboundOut(empty)).whenComplete { _ in
            let (handler, context) = bound.value
            guard context.channel.isActive else { return }
            context.close(mode: .output, promise: nil)
            let channel = context.channel
            context.eventLoop.scheduleTask(in: handler.limits.lingerTime) { channel.close(promise: nil) }
        }
    }

    /// Sees that the timer runs out no later than the machine's deadline. One that runs out earlier looks again: a busy
    /// connection moves its deadline with each request and needs no new timer for that.
    private func watch(_ context: ChannelHandlerContext) {
        guard isOpen else { return }
        settle()
        let stalled = stall.map { $0.since + limits.idleTime } ?? .distantFuture
        let deadline = min(machine.deadline ?? .distantFuture, stalled)
        if deadline == .distantFuture { return }
        if let timer {
            if timer.at <= deadline { return }
            timer.task.cancel()
        }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let task = context.eventLoop.scheduleTask(deadline: deadline) {
            let (handler, context) = bound.value
            handler.timeOut(context)
        }
        timer = (deadline, task)
    }

    private func timeOut(_ context: ChannelHandlerContext) {
        timer = nil
        let now = NIODeadline.now()
        perform(machine.timeOut(now: now), context)
        if let seen = stall, seen.since + limits.idleTime <= now {
            let current = WriteStall(context.channel, since: now)
            // A reader that took nothing in all that time is gone.
            if current.bytes >= seen.bytes { return context.close(promise: nil) }
            stall = current
        }
        watch(context)
    }
}

/// A client that does not read its reply.
private struct WriteStall {
    let bytes: Int
    let since: NIODeadline

    init(_ channel: any Channel, since: NIODeadline) {
        bytes = (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        self.since = since
    }
}
