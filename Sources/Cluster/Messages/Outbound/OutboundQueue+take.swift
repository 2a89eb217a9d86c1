internal import NIOCore

extension OutboundQueue {
    /// The next write, or nil when nothing can be sent; then whatever makes something ready schedules again.
    mutating func takeBatch(now: NIODeadline) -> OutboundBatch? {
        guard !turns.isEmpty else {
            isScheduled = false
            return nil
        }
        var batch = OutboundBatch(capacity: min(data.frames + control.frames, Self.batch / 256))
        while batch.size < Self.batch, let lane = turns.popFirst() {
            guard let index = lines.index(forKey: lane) else { continue }
            // Taken out and put back, so that it is changed in place.
            var line = OutboundLine()
            swap(&line, &lines.values[index])
            takeTurn(&line, lane, into: &batch, now)
            line.isInTurn = line.isReady
            if line.isInTurn { turns.append(lane) }
            if line.isSpare { lines.remove(at: index) } else { swap(&line, &lines.values[index]) }
        }
        return batch
    }

    private mutating func takeTurn(
        _ line: inout OutboundLine, _ lane: OutboundLane, into batch: inout OutboundBatch, _ now: NIODeadline
    ) {
        let end = batch.size + Self.turn
        while batch.size < end, line.isReady, let first = line.entries.first {
            if !first.hasStarted {
                if let expires = first.expires, expires <= now {
                    drop(&line, lane)
                    batch.expired += 1
                    continue
                }
                let isLarge = usesParts && first.frame.payload.readableBytes > PartAssembler.partSize
                if isLarge, started >= PartAssembler.maximum { return }
                line.credit?.spend(first.frame.payload.readableBytes)
                if isLarge { started += 1 }
            }
            takeFrame(&line, lane, into: &batch, patience: first.hasStarted ? nil : first.patience(now))
        }
    }

    private mutating func takeFrame(
        _ line: inout OutboundLine, _ lane: OutboundLane, into batch: inout OutboundBatch, patience: UInt32?
    ) {
        let isLarge = (line.entries.first?.frame.payload.readableBytes ?? 0) > PartAssembler.partSize
        if usesParts, isLarge, let part = line.entries[line.entries.startIndex].takePart() {
            batch.append(part, patience: patience)
            line.bytes -= part.payload.readableBytes
            count(lane, frames: 0, bytes: -part.payload.readableBytes)
            return
        }
        let entry = drop(&line, lane)
        batch.append(entry.frame, patience: patience)
        if entry.hasStarted { started -= 1 }
        if entry.isAbandoned, case .service(let service) = lane {
            batch.append(.cancel(entry.frame.correlation, service))
        }
    }

    @discardableResult
    private mutating func drop(_ line: inout OutboundLine, _ lane: OutboundLane) -> OutboundEntry {
        let entry = line.removeFirst()
        count(lane, frames: -1, bytes: -entry.size)
        return entry
    }
}
