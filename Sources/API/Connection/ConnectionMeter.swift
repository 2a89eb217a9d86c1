import Synchronization

/// Counts connections, what they hold, and those that were refused.
final class ConnectionMeter: Sendable {
    private let open = Atomic(0)
    private let accepted = Atomic(0)
    private let heldBytes = Atomic(0)
    private let mostHeldBytes = Atomic(0)
    private let refusals = Mutex<[RequestFault: Int]>([:])

    /// Returns how many are open now.
    func opened() -> Int {
        accepted.wrappingAdd(1, ordering: .relaxed)
        return open.wrappingAdd(1, ordering: .relaxed).newValue
    }

    func closed() { open.wrappingSubtract(1, ordering: .relaxed) }

    func holds(_ bytes: Int, before: Int) {
        guard bytes != before else { return }
        let now = heldBytes.wrappingAdd(bytes - before, ordering: .relaxed).newValue
        mostHeldBytes.max(now, ordering: .relaxed)
    }

    func refused(_ fault: RequestFault) { refusals.withLock { $0[fault, default: 0] += 1 } }

    /// The counts now.
    var reading: Reading {
        Reading(
            open: open.load(ordering: .relaxed), accepted: accepted.load(ordering: .relaxed),
            heldBytes: heldBytes.load(ordering: .relaxed), mostHeldBytes: mostHeldBytes.load(ordering: .relaxed),
            refusals: refusals.withLock { $0 })
    }

    struct Reading {
        /// Open connections.
        var open: Int
        /// Connections since the start.
        var accepted: Int
        /// Bytes of heads that are not whole yet, over all connections.
        var heldBytes: Int
        /// The most there ever were at once.
        var mostHeldBytes: Int
        /// Refused connections, by why.
        var refusals: [RequestFault: Int]
    }
}
