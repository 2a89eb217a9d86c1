internal import NIOCore

extension OutboundQueue {
    /// Puts the next write into `batch`, whose room is used again. False when nothing can be sent; then whatever makes
    /// something ready schedules again.
    mutating func take(_ batch: inout OutboundBatch, now: NIODeadline) -> Bool {
        if let room = batch.clear() { self.room = room }
        guard !turns.isEmpty else {
            isScheduled = false
            return false
        }
        while batch.size < Self.batch, let number = turns.popFirst() {
            if lines[number].goesAtOnce(now) {
                takeAll(number, into: &batch)
            } else {
                takeTurn(number, into: &batch, now)
            }
            lines[number].isInTurn = lines[number].isReady
            if lines[number].isInTurn { turns.append(number) }
            if lines[number].isSpare { spare(number) }
        }
        return true
    }

    private mutating func takeAll(_ number: Int, into batch: inout OutboundBatch) {
        let size = lines[number].bytes
        let entries = lines[number].takeAll(leaving: room ?? CircularBuffer())
        room = nil
        count(number, frames: -entries.count, bytes: -size)
        batch.append(entries, size: size)
    }

    private mutating func takeTurn(_ number: Int, into batch: inout OutboundBatch, _ now: NIODeadline) {
        let end = batch.size + Self.turn
        while batch.size < end, lines[number].isReady, let entry = lines[number].entries.popFirst() {
            if !entry.hasStarted {
                if let expires = entry.expires, expires <= now {
                    count(number, frames: -1, bytes: -entry.size)
                    batch.expired += 1
                    continue
                }
                if usesParts, entry.isLarge {
                    guard started < PartAssembler.maximum else { return lines[number].entries.prepend(entry) }
                    started += 1
                }
                lines[number].credit?.spend(entry.payloadSize)
            }
            if usesParts, entry.isLarge {
                takePart(of: entry, number, into: &batch)
            } else {
                takeWhole(entry, number, into: &batch)
            }
        }
    }

    private mutating func takePart(of entry: OutboundEntry, _ number: Int, into batch: inout OutboundBatch) {
        var rest = entry
        batch.append(rest.takePart())
        count(number, frames: 0, bytes: rest.size - entry.size)
        lines[number].entries.prepend(rest)
    }

    private mutating func takeWhole(_ entry: OutboundEntry, _ number: Int, into batch: inout OutboundBatch) {
        batch.append(entry)
        count(number, frames: -1, bytes: -entry.size)
        if entry.hasStarted { started -= 1 }
        if entry.isAbandoned, case .service(let service) = lines[number].lane {
            batch.append(OutboundEntry(.cancel(entry.correlation, service)))
        }
    }
}
