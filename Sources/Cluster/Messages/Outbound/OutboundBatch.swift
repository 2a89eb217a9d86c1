internal import NIOCore

/// What goes out with one write.
///
/// Frames are taken from the queue under its lock, whole lines at once where that can be, and become bytes outside it:
/// every task that sends waits for that lock.
struct OutboundBatch: Sendable {
    /// One after the other.
    private var runs: [CircularBuffer<OutboundEntry>] = []
    private(set) var frames = 0
    /// In bytes on the wire.
    private(set) var size = 0
    /// Calls dropped because nobody waits for their answers any more.
    var expired = 0

    mutating func append(_ entry: OutboundEntry) {
        if runs.isEmpty { runs.append(CircularBuffer()) }
        runs[runs.endIndex - 1].append(entry)
        frames += 1
        size += entry.size
    }

    /// Adds all of a line.
    mutating func append(_ entries: CircularBuffer<OutboundEntry>, size: Int) {
        runs.append(entries)
        frames += entries.count
        self.size += size
    }

    func encode(now: NIODeadline) -> ByteBuffer {
        var bytes = ByteBuffer()
        bytes.reserveCapacity(size)
        for run in runs {
            for entry in run { entry.write(into: &bytes, now: now) }
        }
        return bytes
    }

    /// Empties it; the room of one run, to be used again.
    mutating func clear() -> CircularBuffer<OutboundEntry>? {
        var room = runs.popLast()
        room?.removeAll(keepingCapacity: true)
        self = OutboundBatch()
        return room
    }
}
