internal import NIOCore

/// A frame that waits to be sent.
struct OutboundEntry: Sendable {
    var frame: Frame
    /// When nobody waits for its answer any more.
    var expires: NIODeadline?
    /// Some of its parts have gone out.
    var hasStarted = false
    /// Its caller gave up after it had started: a CANCEL follows its last part.
    var isAbandoned = false

    /// What it takes of a budget.
    var size: Int { frame.payload.readableBytes + Frame.overhead }

    /// A call tells, in its first four bytes, how long its caller still waits, not how long it did when it was queued.
    func patience(_ now: NIODeadline) -> UInt32? {
        expires.map { UInt32(clamping: max(1, ($0 - now).nanoseconds / 1_000_000)) }
    }

    /// The next part, when it is to be sent in parts and is not down to its last.
    mutating func takePart() -> Frame? {
        guard frame.payload.readableBytes > PartAssembler.partSize,
            let slice = frame.payload.readSlice(length: PartAssembler.partSize)
        else { return nil }
        hasStarted = true
        return Frame(
            rawType: frame.type, flags: frame.flags.union(.more), correlation: frame.correlation, payload: slice)
    }
}
