/// When a table that only grows by itself is next looked through for what means nothing any more: once it is twice as
/// large as that left it, so that a look costs little for each entry that came meanwhile.
struct SweepMark: Sendable {
    private let least: Int
    private var next: Int

    /// A mark for tables that are let alone up to a size.
    init(least: Int = 64) {
        self.least = least
        next = least
    }

    func isDue(_ count: Int) -> Bool { count >= next }

    mutating func swept(leaving count: Int) { next = max(least, 2 * count) }

    /// Looks through a table, if that is due, and leaves in it what is kept.
    mutating func sweep<Key, Value>(_ table: inout [Key: Value], keeping isKept: ((key: Key, value: Value)) -> Bool) {
        guard isDue(table.count) else { return }
        table = table.filter(isKept)
        swept(leaving: table.count)
    }
}
