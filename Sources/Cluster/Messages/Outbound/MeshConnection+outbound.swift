internal import NIOCore
import Synchronization

extension MeshConnection {
    /// Puts a frame at the end of its lane, or says why not.
    func enqueue(_ frame: Frame, lane: OutboundLane = .control) -> MeshError? {
        enqueue(OutboundEntry(frame), lane: lane)
    }

    /// An answer that goes in parts gets a lane of its own.
    func enqueue(_ entry: OutboundEntry, lane: OutboundLane = .control) -> MeshError? {
        let (admission, refusal): (OutboundQueue.Admission, MeshError?) = state.withLock { state in
            guard state.isOpen else { return (.queued, closedReason) }
            let lane = state.lane(for: entry, lane)
            let admission = state.outbound.append(entry, lane: lane)
            return (admission, admission == .full ? .overloaded : nil)
        }
        if admission == .schedule { scheduleDrain() }
        return refusal
    }

    /// The same, but waits for room. Cancelled while it waits, it throws `cancelled` and nothing is sent.
    func enqueueWaiting(_ entry: OutboundEntry, lane: OutboundLane) async throws(MeshError) {
        guard let refusal = enqueue(entry, lane: lane) else { return }
        guard refusal == .overloaded else { throw refusal }
        let number = calls.takeNumber()
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { sender in
                let refusal: MeshError? = state.withLock { state in
                    guard state.isOpen else { return closedReason }
                    if Task.isCancelled { return .cancelled }
                    guard state.outbound.wait(entry, lane: lane, number: number) else { return .overloaded }
                    state.senders[number] = sender
                    return nil
                }
                if let refusal { return sender.resume(returning: refusal) }
                // There may have come room before it began to wait, and then nothing else would look.
                self.scheduleDrain()
            }
        } onCancel: {
            let sender = self.state.withLock { state in
                state.outbound.stopWaiting(number) ? state.senders.removeValue(forKey: number) : nil
            }
            sender?.resume(returning: .cancelled)
        }
        if let outcome { throw outcome }
    }

    /// Writes what waits while the socket takes it. On the event loop, also when the socket takes more again.
    func drain() {
        var batch = OutboundBatch()
        while channel.isWritable {
            let now = NIODeadline.now()
            let (isTaken, admitted) = state.withLock { state in
                let admitted = state.outbound.admitWaiting().numbers.compactMap {
                    state.senders.removeValue(forKey: $0)
                }
                return (state.outbound.take(&batch, now: now), admitted)
            }
            for sender in admitted { sender.resume(returning: nil) }
            guard isTaken else { break }
            if batch.frames > 0 { channel.write(batch.encode(now: now), promise: nil) }
            meter.countSent(batch.frames, expired: batch.expired)
        }
        channel.flush()
    }

    private func scheduleDrain() {
        channel.eventLoop.execute { self.drain() }
    }

    /// The peer's service has handled so much. On the event loop.
    func granted(_ frame: Frame) {
        var payload = frame.payload
        guard let messages = payload.readInteger(as: UInt32.self), let bytes = payload.readInteger(as: UInt32.self),
            let service = payload.readString(length: payload.readableBytes), MessageBody.isService(service)
        else { return meter.count { $0.malformedMessages += 1 } }
        let grant = Credit(messages: Int(messages), bytes: Int(bytes))
        let hasWaiting = state.withLock { state in
            let admission = state.outbound.grant(service, grant)
            return admission == .schedule || !state.outbound.waiting.isEmpty
        }
        if hasWaiting { drain() }
    }

    /// The caller of a call gave up: it is not sent, or the peer is told.
    func abandon(call number: UInt64, _ service: String) {
        let mustTell = state.withLock { state in
            state.isOpen && state.outbound.abandon(call: number, service: service)
                && features.contains(.cancel)
        }
        if mustTell { _ = enqueue(.cancel(number, service)) }
    }

    private var closedReason: MeshError {
        isRetired ? .connectionLost(maybeDelivered: false) : .notConnected
    }
}

extension MeshConnection.State {
    fileprivate func lane(for entry: OutboundEntry, _ lane: OutboundLane) -> OutboundLane {
        guard lane == .control, outbound.usesParts, entry.isLarge else {
            return lane
        }
        return .bulk(entry.correlation)
    }
}
