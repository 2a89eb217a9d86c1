internal import NIOCore

/// What a frame that waits to be sent carries. It becomes bytes only as it goes out: most of it is never copied before.
enum OutboundPayload: Sendable {
    case buffer(ByteBuffer)
    /// An answer's body.
    case body([UInt8])
    /// A CAST's or CALL's.
    case message(MessageBody)

    /// In bytes on the wire.
    var size: Int {
        switch self {
        case .buffer(let buffer): buffer.readableBytes
        case .body(let body): body.count
        case .message(let message): message.size
        }
    }

    /// `patience`, when it is given, takes the place of the first four bytes.
    func write(into bytes: inout ByteBuffer, patience: UInt32? = nil) {
        switch self {
        case .buffer(let buffer):
            let start = bytes.writerIndex
            bytes.writeImmutableBuffer(buffer)
            if let patience { bytes.setInteger(patience, at: start) }
        case .body(let body): bytes.writeBytes(body)
        case .message(let message): message.write(into: &bytes, patience: patience)
        }
    }

    /// As bytes, for what goes in parts.
    var bytes: ByteBuffer {
        if case .buffer(let buffer) = self { return buffer }
        var bytes = ByteBuffer()
        bytes.reserveCapacity(size)
        write(into: &bytes)
        return bytes
    }
}
