internal import NIOCore

extension MeshConnection {
    func call(_ service: String, _ body: [UInt8], timeout: Duration) async throws(MeshError) -> [UInt8] {
        let payload = try encode(service, body, patience: UInt32(clamping: max(1, timeout.clampedMilliseconds)))
        let expires = NIODeadline.now() + TimeAmount(timeout)
        let answer = await calls.ask(until: expires) { number in
            enqueue(Frame(.call, correlation: number, payload: payload), lane: .service(service), expires: expires)
        } abandoned: { number in
            abandon(call: number, service)
        }
        return Array(try answer.get().readableBytesView)
    }

    /// Queues a message, or throws `overloaded` when there is no room.
    func cast(_ service: String, _ body: [UInt8]) throws(MeshError) {
        let frame = message(.cast, try encode(service, body, patience: 0))
        if let refusal = enqueue(frame, lane: .service(service)) { throw refusal }
    }

    /// Queues a message once there is room.
    func send(_ service: String, _ body: [UInt8]) async throws(MeshError) {
        try await enqueueWaiting(message(.cast, try encode(service, body, patience: 0)), lane: .service(service))
    }

    /// Queues a message for the members of a group.
    func publish(_ group: String, _ body: [UInt8]) throws(MeshError) {
        guard features.contains(.groups) else { throw .unsupported }
        let frame = message(.publish, try encode(group, body, patience: 0))
        if let refusal = enqueue(frame, lane: .publications) { throw refusal }
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
        let frame: Frame
        switch outcome {
        case .success(let body) where body.count > payloadLimit:
            let refusal = MeshError.tooLarge(limit: payloadLimit)
            frame = Frame(.error, correlation: number, payload: refusal.errorFrame)
        case .success(let body):
            frame = Frame(.reply, correlation: number, payload: ByteBuffer(bytes: body))
        case .failure(let error):
            frame = Frame(.error, correlation: number, payload: error.errorFrame)
        }
        // Refused when the connection ended or the peer does not read: either way its caller will not wait for ever.
        _ = enqueue(frame)
    }

    /// The parts of a large payload are told from others by a number, which a message has no other use for.
    private func message(_ type: FrameType, _ payload: ByteBuffer) -> Frame {
        Frame(
            type, correlation: payload.readableBytes > PartAssembler.partSize ? calls.takeNumber() : 0,
            payload: payload)
    }

    func encode(_ service: String, _ body: [UInt8], patience: UInt32) throws(MeshError) -> ByteBuffer {
        guard MessageBody.isService(service) else { throw .invalid("service name") }
        let largest = MessageBody.largestBody(service: service, limit: payloadLimit)
        guard body.count <= largest else { throw .tooLarge(limit: largest) }
        return MessageBody(patience: patience, service: service, body: body).encode()
    }
}
