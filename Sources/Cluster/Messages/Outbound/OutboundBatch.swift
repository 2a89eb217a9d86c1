internal import NIOCore

/// Frames that go out with one write.
///
/// They are taken from the queue under its lock, and become bytes and are freed outside it: other tasks wait for the
/// lock.
struct OutboundBatch: Sendable {
    private struct Item: Sendable {
        var frame: Frame
        var patience: UInt32?
    }

    private var items: [Item] = []
    /// In bytes on the wire.
    private(set) var size = 0
    /// Calls dropped because nobody waits for their answers any more.
    var expired = 0

    init(capacity: Int) {
        items.reserveCapacity(capacity)
    }

    var frames: Int { items.count }

    /// Adds a frame; `patience` replaces the first four bytes of its payload.
    mutating func append(_ frame: Frame, patience: UInt32? = nil) {
        items.append(Item(frame: frame, patience: patience))
        size += frame.payload.readableBytes + Frame.overhead
    }

    func encode(_ allocator: ByteBufferAllocator) -> ByteBuffer {
        var bytes = allocator.buffer(capacity: size)
        for item in items {
            let start = bytes.writerIndex
            item.frame.encode(into: &bytes)
            if let patience = item.patience { bytes.setInteger(patience, at: start + Frame.overhead) }
        }
        return bytes
    }
}
