internal import NIOCore

/// One message on a mesh connection.
///
///     u32 length of what follows | u8 type | u8 flags | u16 reserved (0) | u64 correlation | payload
///
/// All numbers are big endian. A reply carries the correlation of its question.
struct Frame: Sendable, Equatable {
    /// Raw: a number of a newer version must pass through the decoder.
    var type: UInt8
    var flags: Flags = []
    var correlation: UInt64 = 0
    var payload: ByteBuffer

    init(_ type: FrameType, flags: Flags = [], correlation: UInt64 = 0, payload: ByteBuffer = ByteBuffer()) {
        self.init(rawType: type.rawValue, flags: flags, correlation: correlation, payload: payload)
    }

    init(rawType: UInt8, flags: Flags, correlation: UInt64, payload: ByteBuffer) {
        self.type = rawType
        self.flags = flags
        self.correlation = correlation
        self.payload = payload
    }

    /// The bytes after the length that are not payload.
    static let headerSize = 12
    /// What one frame adds to its payload on the wire.
    static let overhead = 4 + headerSize
    /// No configuration admits a larger payload.
    static let hardLimit = 16 * 1024 * 1024
    /// The largest payload before the peer has proved who it is.
    static let handshakeLimit = 4 * 1024

    struct Flags: OptionSet, Sendable {
        let rawValue: UInt8
        /// More parts of this payload follow. Reserved; refused until both sides speak it.
        static let more = Flags(rawValue: 1)
        /// The payload is compressed. Reserved; refused until both sides speak it.
        static let compressed = Flags(rawValue: 2)
        /// A receiver that does not know the type drops it instead of answering with an error.
        static let optional = Flags(rawValue: 4)
    }
}

/// The types this version speaks. Numbers are never reused.
enum FrameType: UInt8, Sendable, CaseIterable {
    case hello = 1
    case auth = 2
    case ping = 3
    case pong = 4
    case cast = 5
    case call = 6
    case reply = 7
    case error = 8
    // 20 to 29: failure detection.
    case peers = 20
    case witness = 21
    case probe = 22
    case probeAcknowledge = 23
    case goodbye = 24
    case fenced = 25
    // 30 to 45: messages.
    case cancel = 30
    case credit = 31
    case spawn = 32
    case exit = 33
    case progress = 34
    case monitor = 35
    case demonitor = 36
    case down = 37
    case group = 38
    case publish = 39
}
