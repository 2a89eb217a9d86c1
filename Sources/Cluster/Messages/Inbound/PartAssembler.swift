internal import NIOCore

/// Puts payloads together that come in parts. No clock, no I/O.
///
/// Parts of one payload carry the same type and correlation; all but the last have the flag `more`. Other frames, and
/// parts of other payloads, may come between them.
struct PartAssembler: Sendable {
    enum Outcome: Equatable {
        case whole(Frame)
        /// More is to come.
        case part
        /// Against the rules: what follows cannot be understood any more.
        case refused
    }

    private struct Key: Hashable {
        var type: UInt8
        var correlation: UInt64
    }

    /// The largest part.
    static let partSize = 64 * 1024
    /// How many payloads may be unfinished at once.
    static let maximum = 8

    private var unfinished: [Key: ByteBuffer] = [:]
    /// The largest payload when it is whole, in bytes.
    let limit: Int

    init(limit: Int) {
        self.limit = min(max(0, limit), Frame.hardLimit)
    }

    /// Bytes held of unfinished payloads.
    var pendingBytes: Int { unfinished.values.reduce(0) { $0 + $1.readableBytes } }

    /// Whether it may be a part; what is not is whole already.
    func concerns(_ frame: Frame) -> Bool { !unfinished.isEmpty || frame.flags.contains(.more) }

    mutating func add(_ frame: Frame) -> Outcome {
        let isLast = !frame.flags.contains(.more)
        if isLast, unfinished.isEmpty { return .whole(frame) }
        let key = Key(type: frame.type, correlation: frame.correlation)
        var payload = frame.payload
        guard var whole = unfinished.removeValue(forKey: key) else {
            if isLast { return .whole(frame) }
            return begin(key, payload)
        }
        guard whole.readableBytes + payload.readableBytes <= limit else { return .refused }
        whole.writeBuffer(&payload)
        if isLast {
            let flags = frame.flags.subtracting(.more)
            return .whole(Frame(rawType: frame.type, flags: flags, correlation: frame.correlation, payload: whole))
        }
        unfinished[key] = whole
        return .part
    }

    private mutating func begin(_ key: Key, _ payload: ByteBuffer) -> Outcome {
        // Parts are of full size, so that nobody makes this grow byte by byte.
        guard let type = FrameType(rawValue: key.type), type.comesInParts, key.correlation != 0,
            payload.readableBytes == Self.partSize, payload.readableBytes <= limit, unfinished.count < Self.maximum
        else { return .refused }
        // A copy: a slice would keep the whole read buffer it came in.
        var copy = ByteBuffer()
        copy.writeBytes(payload.readableBytesView)
        unfinished[key] = copy
        return .part
    }
}

extension FrameType {
    /// Whether its payload can be large enough for parts.
    var comesInParts: Bool {
        switch self {
        case .cast, .call, .reply, .spawn, .down, .publish: true
        default: false
        }
    }
}
