internal import NIOCore

/// A frame that waits to be sent.
struct OutboundEntry: Sendable {
    let type: UInt8
    private var flags: Frame.Flags
    var correlation: UInt64
    private var payload: OutboundPayload
    /// Of the payload, in bytes.
    private(set) var payloadSize: Int
    /// When nobody waits for its answer any more.
    let expires: NIODeadline?
    /// Some of its parts have gone out.
    private(set) var hasStarted = false
    /// Its caller gave up after it had started: a CANCEL follows its last part.
    var isAbandoned = false

    init(
        _ type: FrameType, correlation: UInt64, payload: OutboundPayload, expires: NIODeadline? = nil
    ) {
        self.type = type.rawValue
        flags = []
        self.correlation = correlation
        self.payload = payload
        payloadSize = payload.size
        self.expires = expires
    }

    init(_ frame: Frame, expires: NIODeadline? = nil) {
        type = frame.type
        flags = frame.flags
        correlation = frame.correlation
        payload = .buffer(frame.payload)
        payloadSize = frame.payload.readableBytes
        self.expires = expires
    }

    /// What it takes of a budget.
    var size: Int { payloadSize + Frame.overhead }

    /// It goes in parts, to a peer that knows parts.
    var isLarge: Bool { payloadSize > PartAssembler.partSize }

    /// Takes the next part of what is large.
    mutating func takePart() -> OutboundEntry {
        var bytes = payload.bytes
        var part = self
        part.flags.insert(.more)
        part.replace(bytes.readSlice(length: PartAssembler.partSize) ?? ByteBuffer())
        replace(bytes)
        hasStarted = true
        return part
    }

    private mutating func replace(_ bytes: ByteBuffer) {
        payload = .buffer(bytes)
        payloadSize = bytes.readableBytes
    }

    func write(into bytes: inout ByteBuffer, now: NIODeadline) {
        bytes.writeHeader(type: type, flags: flags, correlation: correlation, payloadSize: payloadSize)
        payload.write(into: &bytes, patience: patience(now))
    }

    /// A call tells, in its first four bytes, how long its caller still waits, not how long it did when it was queued.
    private func patience(_ now: NIODeadline) -> UInt32? {
        guard !hasStarted, let expires else { return nil }
        return UInt32(clamping: max(1, (expires - now).nanoseconds / 1_000_000))
    }
}
