internal import NIOCore

/// The frames of one lane.
struct OutboundLine: Sendable {
    let lane: OutboundLane
    var entries = CircularBuffer<OutboundEntry>()
    /// On the wire.
    var bytes = 0
    /// What the peer's service still takes; nil when it is not asked.
    var credit: Credit?
    /// It has its place among those that take turns.
    var isInTurn = false
    /// Of its entries since it was last empty: some are large, and when the first is of no use any more.
    private var hasLarge = false
    private var firstExpiry = NIODeadline.distantFuture

    init(lane: OutboundLane, credit: Credit? = nil) {
        self.lane = lane
        self.credit = credit
    }

    /// It must wait for the peer's service.
    var isBlocked: Bool { credit.map { !$0.isOpen } ?? false }

    /// It has more waiting than the peer's service takes now: what comes will not go out at once.
    var isBackedUp: Bool { credit.map { $0.messages <= entries.count || $0.bytes <= bytes } ?? false }

    /// It has something to send and may.
    var isReady: Bool { !entries.isEmpty && (!isBlocked || entries[entries.startIndex].hasStarted) }

    /// It is as good as never used.
    var isSpare: Bool { entries.isEmpty && (credit.map { $0 == .window } ?? true) }

    mutating func append(_ entry: OutboundEntry) {
        if entries.isEmpty { (hasLarge, firstExpiry) = (false, .distantFuture) }
        if entry.isLarge { hasLarge = true }
        if let expires = entry.expires { firstExpiry = min(firstExpiry, expires) }
        entries.append(entry)
    }

    /// All of it can be sent in one turn, and nothing has to be looked at by itself.
    func goesAtOnce(_ now: NIODeadline) -> Bool {
        !hasLarge && bytes <= OutboundQueue.turn && firstExpiry > now && !isBackedUp
    }

    /// Takes all, and leaves empty room.
    mutating func takeAll(leaving room: CircularBuffer<OutboundEntry>) -> CircularBuffer<OutboundEntry> {
        let taken = entries
        entries = room
        credit?.messages -= taken.count
        credit?.bytes -= bytes - taken.count * Frame.overhead
        return taken
    }
}
