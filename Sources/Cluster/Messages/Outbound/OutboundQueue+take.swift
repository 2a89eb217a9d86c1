internal import NIOCore

extension OutboundQueue {
    struct Batch {
        var bytes: ByteBuffer
        var frames = 0
        /// Calls dropped because nobody waits for their answers any more.
        var expired = 0
    }

    /// The next write, or nil when nothing can be sent; then whatever makes something ready schedules again.
    mutating func takeBatch(_ allocator: ByteBufferAllocator, now: NIODeadline) -> Batch? {
        guard !turns.isEmpty else {
            isScheduled = false
            return nil
        }
        let room = min(data.bytes + control.bytes, Self.batch + PartAssembler.partSize) + Frame.overhead
        var batch = Batch(bytes: allocator.buffer(capacity: room))
        while batch.bytes.readableBytes < Self.batch, let lane = turns.popFirst() {
            // Taken out and put back, so that it is changed in place.
            guard var line = lines.removeValue(forKey: lane) else { continue }
            takeTurn(&line, lane, into: &batch, now)
            line.isInTurn = line.isReady
            if line.isInTurn { turns.append(lane) }
            if !line.isSpare { lines[lane] = line }
        }
        return batch
    }

    private mutating func takeTurn(
        _ line: inout OutboundLine, _ lane: OutboundLane, into batch: inout Batch, _ now: NIODeadline
    ) {
        let end = batch.bytes.readableBytes + Self.turn
        while batch.bytes.readableBytes < end, line.isReady, let first = line.entries.first {
            if !first.hasStarted {
                if let expires = first.expires, expires <= now {
                    drop(&line, lane)
                    batch.expired += 1
                    continue
                }
                let isLarge = usesParts && first.frame.payload.readableBytes > PartAssembler.partSize
                if isLarge, started >= PartAssembler.maximum { return }
                line.credit?.spend(first.frame.payload.readableBytes)
                line.entries[line.entries.startIndex].refreshPatience(now)
                if isLarge { started += 1 }
            }
            takeFrame(&line, lane, into: &batch)
        }
    }

    private mutating func takeFrame(_ line: inout OutboundLine, _ lane: OutboundLane, into batch: inout Batch) {
        batch.frames += 1
        if usesParts, let part = line.entries[line.entries.startIndex].takePart() {
            part.encode(into: &batch.bytes)
            line.bytes -= part.payload.readableBytes
            count(lane, frames: 0, bytes: -part.payload.readableBytes)
            return
        }
        let entry = drop(&line, lane)
        entry.frame.encode(into: &batch.bytes)
        if entry.hasStarted { started -= 1 }
        if entry.isAbandoned, case .service(let service) = lane {
            Frame.cancel(entry.frame.correlation, service).encode(into: &batch.bytes)
            batch.frames += 1
        }
    }

    @discardableResult
    private mutating func drop(_ line: inout OutboundLine, _ lane: OutboundLane) -> OutboundEntry {
        let entry = line.removeFirst()
        count(lane, frames: -1, bytes: -entry.size)
        return entry
    }
}
