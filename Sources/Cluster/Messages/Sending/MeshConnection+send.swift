internal import NIOCore

extension MeshConnection {
    func call(_ service: String, _ body: [UInt8], timeout: Duration) async throws(MeshError) -> [UInt8] {
        let message = try message(service, body, patience: UInt32(clamping: max(1, timeout.clampedMilliseconds)))
        let expires = NIODeadline.now() + TimeAmount(timeout)
        let answer = await calls.ask(until: expires) { number in
            enqueue(
                OutboundEntry(.call, correlation: number, payload: .message(message), expires: expires),
                lane: .service(service))
        } abandoned: { number in
            abandon(call: number, service)
        }
        return try answer.get().bytes
    }

    /// Queues a message, or throws `overloaded` when there is no room.
    func cast(_ service: String, _ body: [UInt8]) throws(MeshError) {
        if let refusal = enqueue(try entry(.cast, service, body), lane: .service(service)) { throw refusal }
    }

    /// Queues a message once there is room.
    func send(_ service: String, _ body: [UInt8]) async throws(MeshError) {
        try await enqueueWaiting(try entry(.cast, service, body), lane: .service(service))
    }

    /// Queues a message for the members of a group.
    func publish(_ group: String, _ body: [UInt8]) throws(MeshError) {
        guard features.contains(.groups) else { throw .unsupported }
        if let refusal = enqueue(try entry(.publish, group, body), lane: .publications) { throw refusal }
    }

    /// The time a PING takes, measured on the event loop: how busy the pool is does not show in it.
    func ping(timeout: Duration) async throws(MeshError) -> Duration {
        let answer = await calls.ask(timeout: timeout) { number in
            guard isOpen else { return .connectionLost(maybeDelivered: false) }
            channel.eventLoop.execute { self.writePing(number) }
            return nil
        }
        var payload = try answer.get()
        return .nanoseconds(Int64(clamping: payload.readInteger(as: UInt64.self) ?? 0))
    }

    /// A PING says when it was sent, and a PONG repeats it. Not queued behind what waits to be sent.
    func writePing(_ number: UInt64) {
        let sent = ByteBuffer(integer: NIODeadline.now().uptimeNanoseconds)
        write(Frame(.ping, correlation: number, payload: sent))
    }

    /// Writes at once. On the event loop.
    func write(_ frame: Frame) {
        var bytes = channel.allocator.buffer(capacity: frame.payload.readableBytes + Frame.overhead)
        frame.encode(into: &bytes)
        channel.writeAndFlush(bytes, promise: nil)
    }

    /// Sends the outcome of a call to its caller.
    func reply(_ number: UInt64, _ outcome: Result<[UInt8], MeshError>) {
        let entry: OutboundEntry
        switch outcome {
        case .success(let body) where body.count > payloadLimit:
            let refusal = MeshError.tooLarge(limit: payloadLimit)
            entry = OutboundEntry(.error, correlation: number, payload: .buffer(refusal.errorFrame))
        case .success(let body):
            entry = OutboundEntry(.reply, correlation: number, payload: .body(body))
        case .failure(let error):
            entry = OutboundEntry(.error, correlation: number, payload: .buffer(error.errorFrame))
        }
        // Refused when the connection ended or the peer does not read: either way its caller will not wait for ever.
        _ = enqueue(entry)
    }

    /// The parts of a large payload are told from others by a number, which a message has no other use for.
    private func entry(_ type: FrameType, _ service: String, _ body: [UInt8]) throws(MeshError) -> OutboundEntry {
        var entry = OutboundEntry(
            type, correlation: 0, payload: .message(try message(service, body, patience: 0)))
        if entry.isLarge { entry.correlation = calls.takeNumber() }
        return entry
    }

    /// Throws `invalid` or `tooLarge`.
    func message(_ service: String, _ body: [UInt8], patience: UInt32) throws(MeshError) -> MessageBody {
        guard MessageBody.isService(service) else { throw .invalid("service name") }
        let largest = MessageBody.largestBody(service: service, limit: payloadLimit)
        guard body.count <= largest else { throw .tooLarge(limit: largest) }
        return MessageBody(patience: patience, service: service, body: body)
    }
}
