/// A sender that waits for room.
struct OutboundWaiting: Sendable {
    var number: UInt64
    var lane: OutboundLane
    var entry: OutboundEntry
}

extension OutboundQueue {
    /// Lets a sender wait; false when too many do.
    mutating func wait(_ entry: OutboundEntry, lane: OutboundLane, number: UInt64) -> Bool {
        guard waiting.count < limit.frames else { return false }
        waiting.append(OutboundWaiting(number: number, lane: lane, entry: entry))
        return true
    }

    /// A sender that does not wait any more; false when it was let in already.
    mutating func stopWaiting(_ number: UInt64) -> Bool {
        guard let index = waiting.firstIndex(where: { $0.number == number }) else { return false }
        waiting.remove(at: index)
        return true
    }

    /// Lets in whom there is room for, in their order within each lane. `schedule`: a write must be scheduled.
    mutating func admitWaiting() -> (numbers: [UInt64], admission: Admission) {
        guard !waiting.isEmpty else { return ([], .queued) }
        var numbers: [UInt64] = []
        var full: Set<OutboundLane> = []
        var left: [OutboundWaiting] = []
        var admission = Admission.queued
        for waiter in waiting {
            let number = number(of: waiter.lane)
            guard !full.contains(waiter.lane), fits(waiter.entry.size, waiter.lane, number) else {
                full.insert(waiter.lane)
                left.append(waiter)
                continue
            }
            if keep(waiter.entry, number ?? use(waiter.lane)) == .schedule { admission = .schedule }
            numbers.append(waiter.number)
        }
        waiting = left
        return (numbers, admission)
    }
}
