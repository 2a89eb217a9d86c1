/// A binary heap of jobs by the moment something is due. Entries are not removed early: whoever pops one checks that it
/// still means something, and those that do not are swept out when they are the larger part.
struct DueHeap: Sendable {
    struct Entry: Sendable {
        let due: Timestamp
        let id: JobID
    }

    private var entries: [Entry] = []
    private var mark = SweepMark()

    var count: Int { entries.count }
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

    /// Takes out what means nothing any more, once that is the larger part: at most `live` entries can mean something.
    mutating func sweep(live: Int, _ meansSomething: (Entry) -> Bool) {
        guard entries.count > 2 * live, mark.isDue(entries.count) else { return }
        entries.removeAll { !meansSomething($0) }
        for parent in stride(from: entries.count / 2 - 1, through: 0, by: -1) { sink(parent) }
        mark.swept(leaving: entries.count)
    }

    private mutating func removeFirst() {
        guard let last = entries.popLast(), !entries.isEmpty else { return }
        entries[0] = last
        sink(0)
    }

    private mutating func sink(_ start: Int) {
        var parent = start
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
