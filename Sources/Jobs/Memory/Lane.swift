/// What a claim chooses between: jobs of one queue, priority and type, first in, first out.
struct LaneKey: Hashable, Sendable {
    let priority: Int
    let type: String
}

/// A first-in, first-out list with cheap removal at the front.
struct Lane: Sendable {
    private var ids: [JobID] = []
    private var head = 0

    var isEmpty: Bool { head == ids.count }

    mutating func append(_ id: JobID) { ids.append(id) }

    mutating func popFirst() -> JobID? {
        guard head < ids.count else { return nil }
        defer {
            head += 1
            // Give the passed part back once it is the larger one.
            if head > 64, head * 2 > ids.count {
                ids.removeFirst(head)
                head = 0
            }
        }
        return ids[head]
    }
}
