internal import NIOCore

/// The frames of one lane.
struct OutboundLine: Sendable {
    var entries = CircularBuffer<OutboundEntry>()
    var bytes = 0
    /// What the peer's service still takes; nil when it is not asked.
    var credit: Credit?
    /// It has its place among those that take turns.
    var isInTurn = false

    /// It must wait for the peer's service.
    var isBlocked: Bool { credit.map { !$0.isOpen } ?? false }

    /// It has more waiting than the peer's service takes now: what comes will not go out at once.
    var isBackedUp: Bool { credit.map { $0.messages <= entries.count || $0.bytes <= bytes } ?? false }

    /// It has something to send and may.
    var isReady: Bool { entries.first.map { $0.hasStarted || !isBlocked } ?? false }

    /// It is as good as never used.
    var isSpare: Bool { entries.isEmpty && (credit.map { $0 == .window } ?? true) }

    mutating func append(_ entry: OutboundEntry) {
        bytes += entry.size
        entries.append(entry)
    }

    mutating func removeFirst() -> OutboundEntry {
        let entry = entries.removeFirst()
        bytes -= entry.size
        return entry
    }
}
