internal import NIOCore

/// A message as a service sees it.
public struct MeshMessage: Sendable {
    /// Who sent it.
    public let sender: MemberID
    /// The roles the sender named.
    public let roles: [MemberRole]
    /// The service or group it is for.
    public let service: String
    /// The body, as sent.
    public let body: [UInt8]
    /// Whether the sender waits for a reply.
    public let isCall: Bool
}

/// A CALL's or CAST's payload: u32 milliseconds the caller waits (0 for a cast) | u8 length, service | body.
struct MessageBody: Sendable, Equatable {
    var patience: UInt32
    var service: String
    var body: [UInt8]

    static let longestService = 64

    static func isService(_ name: String) -> Bool {
        PlainText.isToken(name, limit: longestService)
    }

    /// The largest body that fits into a payload of `limit` bytes.
    static func largestBody(service: String, limit: Int) -> Int {
        max(0, limit - 5 - service.utf8.count)
    }

    /// In bytes on the wire.
    var size: Int { 5 + service.utf8.count + body.count }

    /// `patience`, when it is given, takes the place of this one's.
    func write(into buffer: inout ByteBuffer, patience: UInt32? = nil) {
        let patience = patience ?? self.patience
        buffer.writeMultipleIntegers(patience, UInt8(clamping: service.utf8.count))
        buffer.writeString(service)
        buffer.writeBytes(body)
    }

    func encode() -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(size)
        write(into: &buffer)
        return buffer
    }

    init(patience: UInt32, service: String, body: [UInt8]) {
        self.patience = patience
        self.service = service
        self.body = body
    }

    /// Nil when the service's name is missing or not printable ASCII.
    init?(decoding payload: ByteBuffer) {
        var buffer = payload
        guard let patience = buffer.readInteger(as: UInt32.self), let length = buffer.readInteger(as: UInt8.self),
            let service = buffer.readString(length: Int(length)), Self.isService(service)
        else { return nil }
        self.init(patience: patience, service: service, body: buffer.bytes)
    }
}

extension ByteBuffer {
    /// A copy of what can be read.
    var bytes: [UInt8] { getBytes(at: readerIndex, length: readableBytes) ?? [] }
}
