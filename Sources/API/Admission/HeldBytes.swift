import Synchronization

/// What all requests hold in memory together: bodies from their first byte until they are answered, the jobs of a bulk, and
/// long replies until they are written.
///
/// Each is bounded by itself; ten thousand connections with a large one each would not be.
final class HeldBytes: Sendable {
    private let held = Atomic(0)

    /// How many there are.
    var count: Int { held.load(ordering: .relaxed) }

    /// Whether there is room for more.
    func hasRoom(limit: Int) -> Bool { count < limit }

    /// Adds some; false when there are more than `limit` now. They are counted in any case.
    func add(_ bytes: Int, limit: Int) -> Bool {
        held.wrappingAdd(bytes, ordering: .relaxed).newValue <= limit
    }

    /// Takes some away.
    func remove(_ bytes: Int) { held.wrappingSubtract(bytes, ordering: .relaxed) }

    /// A part that is taken away when it is let go of or forgotten.
    final class Share: Sendable {
        private let all: HeldBytes
        private let bytes: Atomic<Int>
        /// Whether there was room for it.
        let fits: Bool

        init(_ bytes: Int, of all: HeldBytes, limit: Int) {
            self.all = all
            self.bytes = Atomic(bytes)
            fits = all.add(bytes, limit: limit)
        }

        deinit { release() }

        /// May be called again.
        func release() { all.remove(bytes.exchange(0, ordering: .relaxed)) }
    }
}
