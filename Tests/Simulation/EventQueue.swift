/// A binary heap of what happens next; what was added first comes first among equal times.
struct EventQueue {
    /// The heap holds numbers only: they are moved about a lot, and events are large.
    private struct Entry {
        let at: Int64
        let order: Int
    }

    private var entries: [Entry] = []
    private var events: [Int: SimulatedEvent] = [:]
    private var added = 0

    mutating func add(_ event: SimulatedEvent, at time: Int64) {
        added += 1
        entries.append(Entry(at: time, order: added))
        events[added] = event
        var child = entries.count - 1
        while child > 0, isBefore(child, (child - 1) / 2) {
            entries.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func next() -> (at: Int64, event: SimulatedEvent)? {
        guard let first = entries.first else { return nil }
        let last = entries.removeLast()
        if !entries.isEmpty {
            entries[0] = last
            var parent = 0
            while true {
                var least = parent
                for child in [2 * parent + 1, 2 * parent + 2] where child < entries.count && isBefore(child, least) {
                    least = child
                }
                if least == parent { break }
                entries.swapAt(parent, least)
                parent = least
            }
        }
        return events.removeValue(forKey: first.order).map { (first.at, $0) }
    }

    private func isBefore(_ a: Int, _ b: Int) -> Bool {
        let (one, other) = (entries[a], entries[b])
        return one.at == other.at ? one.order < other.order : one.at < other.at
    }
}
