/// Entries by id. They stand in blocks that stay where they are: in a dictionary, all would move each time it grows, which
/// took most of the time of taking a job in.
struct EntryTable: Sendable {
    typealias Entry = MemoryMachine.Entry

    private var slots: [JobID: Int] = [:]
    private var blocks: [[Entry?]] = []
    /// Slots that were left.
    private var free: [Int] = []

    private static let blockSize = 256

    /// How many there are.
    var count: Int { slots.count }

    /// All, in no order.
    var values: some Sequence<Entry> { blocks.lazy.joined().compactMap { $0 } }

    /// The entry of that id: changed in place, and taken away by nil.
    subscript(id: JobID) -> Entry? {
        get {
            guard let slot = slots[id] else { return nil }
            return blocks[slot / Self.blockSize][slot % Self.blockSize]
        }
        _modify {
            if let slot = slots[id] {
                yield &blocks[slot / Self.blockSize][slot % Self.blockSize]
                if blocks[slot / Self.blockSize][slot % Self.blockSize] == nil { leave(slot, id) }
            } else {
                var entry: Entry?
                yield &entry
                if let entry { add(entry, id) }
            }
        }
    }

    /// Whether there is an entry of that id: without a copy of it.
    func contains(_ id: JobID) -> Bool { slots[id] != nil }

    private mutating func add(_ entry: Entry, _ id: JobID) {
        if let slot = free.popLast() {
            slots[id] = slot
            blocks[slot / Self.blockSize][slot % Self.blockSize] = entry
            return
        }
        // None was left: all that there ever were are taken.
        let slot = slots.count
        slots[id] = slot
        if slot % Self.blockSize == 0 {
            var block: [Entry?] = []
            block.reserveCapacity(Self.blockSize)
            blocks.append(block)
        }
        blocks[slot / Self.blockSize].append(entry)
    }

    private mutating func leave(_ slot: Int, _ id: JobID) {
        slots[id] = nil
        free.append(slot)
    }
}
