internal import NIOCore

/// Frames that wait to be written, bounded in number and bytes. Those of many tasks go out in few writes.
struct OutboundQueue: Sendable {
    private var frames = CircularBuffer<Frame>()
    private var bytes = 0
    private var isScheduled = false
    let maximumFrames: Int
    let maximumBytes: Int
    /// How many bytes one write gathers.
    static let batch = 64 * 1024

    init(maximumFrames: Int, maximumBytes: Int) {
        self.maximumFrames = maximumFrames
        self.maximumBytes = maximumBytes
    }

    var isEmpty: Bool { frames.isEmpty }

    enum Admission: Equatable {
        /// Kept; a write is on its way already.
        case queued
        /// Kept; the caller schedules a write.
        case schedule
        case full
    }

    mutating func append(_ frame: Frame) -> Admission {
        let size = frame.payload.readableBytes + Frame.overhead
        guard frames.count < maximumFrames, bytes + size <= maximumBytes || frames.isEmpty else { return .full }
        frames.append(frame)
        bytes += size
        if isScheduled { return .queued }
        isScheduled = true
        return .schedule
    }

    /// The next batch as one buffer with its number of frames, or nil when nothing waits; then the next `append`
    /// schedules again.
    mutating func takeBatch(_ allocator: ByteBufferAllocator) -> (ByteBuffer, Int)? {
        guard !frames.isEmpty else {
            isScheduled = false
            return nil
        }
        var size = 0
        var count = 0
        for frame in frames {
            size += frame.payload.readableBytes + Frame.overhead
            count += 1
            if size >= Self.batch { break }
        }
        var buffer = allocator.buffer(capacity: size)
        for _ in 0..<count { frames.removeFirst().encode(into: &buffer) }
        bytes -= size
        return (buffer, count)
    }

    mutating func removeAll() {
        frames.removeAll()
        bytes = 0
    }
}
