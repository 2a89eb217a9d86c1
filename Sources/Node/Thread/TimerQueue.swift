/// Actions that wait for a moment, earliest first: a binary heap. Pure: the caller brings the time.
struct TimerQueue {
    /// Names a timer, for taking it back.
    typealias ID = UInt64

    private struct Entry {
        let deadline: ContinuousClock.Instant
        let id: ID
    }

    private var heap: [Entry] = []
    private var actions: [ID: @Sendable () -> Void] = [:]
    private var lastID: ID = 0

    mutating func insert(_ deadline: ContinuousClock.Instant, _ action: @escaping @Sendable () -> Void) -> ID {
        lastID &+= 1
        actions[lastID] = action
        heap.append(Entry(deadline: deadline, id: lastID))
        var child = heap.count - 1
        while child > 0, heap[child].deadline < heap[(child - 1) / 2].deadline {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
        return lastID
    }

    /// Takes a timer back, unless it was due already.
    mutating func remove(_ id: ID) {
        actions[id] = nil
        // Its entry stays in the heap until it is due; when most entries are such ghosts, sweep them out.
        if heap.count > 64, heap.count > 4 * actions.count { sweep() }
    }

    /// When the next timer is due.
    mutating func next() -> ContinuousClock.Instant? {
        while let first = heap.first, actions[first.id] == nil { removeFirst() }
        return heap.first?.deadline
    }

    /// Removes and returns what is due, in order.
    mutating func popDue(_ now: ContinuousClock.Instant) -> [@Sendable () -> Void] {
        var due: [@Sendable () -> Void] = []
        while let first = heap.first, first.deadline <= now {
            removeFirst()
            if let action = actions.removeValue(forKey: first.id) { due.append(action) }
        }
        return due
    }

    private mutating func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if heap[child].deadline < heap[least].deadline { least = child }
            }
            if least == parent { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }

    private mutating func sweep() {
        // An ascending array is a heap.
        heap = heap.filter { actions[$0.id] != nil }.sorted { $0.deadline < $1.deadline }
    }
}
