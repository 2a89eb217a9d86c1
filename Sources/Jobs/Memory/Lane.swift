/// What a claim chooses between: jobs of one queue, priority and type, first in, first out.
struct LaneKey: Hashable, Sendable {
    let priority: Int
    let type: String
}

/// A first-in, first-out list with cheap removal at the front.
struct Lane: Sendable {
    private var entries: [(place: UInt64, id: JobID)] = []
    private var head = 0

    var isEmpty: Bool { head == entries.count }

    /// Where the first stands among all jobs that were ever queued.
    var firstPlace: UInt64? { head < entries.count ? entries[head].place : nil }

    mutating func append(_ id: JobID, place: UInt64) { entries.append((place, id)) }

    mutating func popFirst() -> JobID? {
        guard head < entries.count else { return nil }
        defer {
            head += 1
            // Give the passed part back once it is the larger one.
            if head > 64, head * 2 > entries.count {
                entries.removeFirst(head)
                head = 0
            }
        }
        return entries[head].id
    }
}
