extension OutboundQueue {
    /// Whether there is room for another frame of the lane, which has the line of that number or none yet.
    ///
    /// A lane with more waiting than its service takes now may fill half of the room for messages, and all such lanes
    /// three quarters: the rest is for services that keep up.
    func fits(_ size: Int, _ lane: OutboundLane, _ number: Int?) -> Bool {
        let used = lane.isData ? data : control
        // A frame larger than the whole budget may still go alone.
        guard used.frames == 0 || (used.frames < limit.frames && used.bytes + size <= limit.bytes) else { return false }
        guard let number else { return numbers.count < Self.maximumLanes }
        guard lines[number].isBackedUp else { return true }
        guard lines[number].entries.count < max(1, limit.frames / 2),
            lines[number].bytes + size <= limit.bytes / 2 || lines[number].bytes == 0
        else { return false }
        let held = numbers.values.reduce(into: Budget()) { sum, number in
            guard lines[number].isBackedUp else { return }
            sum.frames += lines[number].entries.count
            sum.bytes += lines[number].bytes
        }
        return held.frames < max(1, limit.frames / 4 * 3) && held.bytes + size <= limit.bytes / 4 * 3
    }
}
