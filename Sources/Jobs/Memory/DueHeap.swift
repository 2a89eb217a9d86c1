/// A binary heap of jobs by the moment something is due. Entries are never removed early: whoever pops one checks that
/// it still means something.
struct DueHeap: Sendable {
    struct Entry: Sendable {
        let due: Timestamp
        let id: JobID
    }

    private var entries: [Entry] = []

    var first: Entry? { entries.first }

    mutating func insert(_ id: JobID, due: Timestamp) {
        entries.append(Entry(due: due, id: id))
        var child = entries.count - 1
        while child > 0, entries[child].due < entries[(child - 1) / 2].due {
            entries.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// The first entry, taken off, whenever it is due.
    mutating func popFirst() -> JobID? {
        guard let first else { return nil }
        removeFirst()
        return first.id
    }

    private mutating func removeFirst() {
        guard let last = entries.popLast(), !entries.isEmpty else { return }
        entries[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < entries.count {
                if entries[child].due < entries[least].due { least = child }
            }
            if least == parent { return }
            entries.swapAt(parent, least)
            parent = least
        }
    }

    /// The first entry due at `now`, taken off.
    mutating func popDue(_ now: Timestamp) -> JobID? {
        guard let first, first.due <= now else { return nil }
        removeFirst()
        return first.id
    }
}
