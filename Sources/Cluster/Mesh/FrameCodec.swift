internal import NIOCore

/// Why bytes are not frames. The connection cannot be used further: the next frame's start is unknown.
enum FrameFault: Error, Equatable {
    /// The length does not even cover the header.
    case tooShort(length: UInt32)
    /// The length is beyond the limit.
    case tooLarge(length: UInt32)
}

extension Frame {
    /// Appends the frame to `buffer`. The payload must be within the limits already.
    func encode(into buffer: inout ByteBuffer) {
        buffer.writeHeader(type: type, flags: flags, correlation: correlation, payloadSize: payload.readableBytes)
        buffer.writeImmutableBuffer(payload)
    }
}

extension ByteBuffer {
    /// Writes what comes before a frame's payload.
    mutating func writeHeader(type: UInt8, flags: Frame.Flags, correlation: UInt64, payloadSize: Int) {
        let length = UInt32(clamping: Frame.headerSize + payloadSize)
        writeMultipleIntegers(length, type, flags.rawValue, UInt16(0), correlation)
    }
}

/// Takes bytes as they come and gives frames. Checks a length before it waits or makes room for what it announces.
struct FrameDecoder: Sendable {
    /// The largest payload accepted, in bytes; may change between two frames.
    var limit: Int {
        didSet { limit = min(max(0, limit), Frame.hardLimit) }
    }
    private var buffer = ByteBuffer()

    init(limit: Int) {
        self.limit = min(max(0, limit), Frame.hardLimit)
    }

    /// Bytes held that are not a whole frame yet.
    var pendingBytes: Int { buffer.readableBytes }

    mutating func append(_ bytes: ByteBuffer) {
        var bytes = bytes
        if buffer.readableBytes == 0 {
            buffer = bytes
        } else {
            buffer.writeBuffer(&bytes)
        }
    }

    /// The next whole frame, or nil when more bytes are needed. After a fault it must not be called again.
    mutating func next() throws(FrameFault) -> Frame? {
        guard let length = buffer.getInteger(at: buffer.readerIndex, as: UInt32.self) else { return nil }
        guard length >= Frame.headerSize else { throw .tooShort(length: length) }
        guard length <= Frame.headerSize + limit else { throw .tooLarge(length: length) }
        guard buffer.readableBytes >= 4 + Int(length) else { return nil }
        guard
            let (_, type, flags, _, correlation) = buffer.readMultipleIntegers(
                as: (UInt32, UInt8, UInt8, UInt16, UInt64).self),
            let payload = buffer.readSlice(length: Int(length) - Frame.headerSize)
        else { throw .tooShort(length: length) }
        // What has been read is given back once it is worth a copy of what has not.
        if buffer.readerIndex > 64 * 1024, buffer.readerIndex > buffer.readableBytes { buffer.discardReadBytes() }
        return Frame(rawType: type, flags: Frame.Flags(rawValue: flags), correlation: correlation, payload: payload)
    }
}
