import Synchronization

/// Lets so many requests in at a time, and turns the others away at once: those that are in are then served in time.
final class RequestGate: Sendable {
    private let inside = Atomic(0)

    /// How many are inside.
    var count: Int { inside.load(ordering: .relaxed) }

    /// Lets one in, unless `limit` are; nil: turned away.
    func enter(limit: Int) -> Permit? {
        if inside.wrappingAdd(1, ordering: .relaxed).newValue <= max(1, limit) { return Permit(self) }
        leave()
        return nil
    }

    private func leave() { inside.wrappingSubtract(1, ordering: .relaxed) }

    /// One that is inside, until it leaves or is forgotten.
    final class Permit: Sendable {
        private let gate: RequestGate
        private let isInside = Atomic(true)

        fileprivate init(_ gate: RequestGate) { self.gate = gate }

        deinit { leave() }

        /// Makes room for another. May be called again.
        func leave() { if isInside.exchange(false, ordering: .relaxed) { gate.leave() } }
    }
}
