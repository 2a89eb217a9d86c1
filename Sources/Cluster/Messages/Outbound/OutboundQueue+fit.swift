extension OutboundQueue {
    /// Whether there is room for another frame of the lane.
    ///
    /// A lane with more waiting than its service takes now may fill half of the room for messages, and all such lanes
    /// three quarters: the rest is for services that keep up.
    func fits(_ size: Int, _ lane: OutboundLane) -> Bool {
        let used = lane.isData ? data : control
        // A frame larger than the whole budget may still go alone.
        guard used.frames == 0 || (used.frames < limit.frames && used.bytes + size <= limit.bytes) else { return false }
        guard let index = lines.index(forKey: lane) else { return lines.count < Self.maximumLanes }
        guard lines.values[index].isBackedUp else { return true }
        let line = lines.values[index]
        guard line.entries.count < max(1, limit.frames / 2), line.bytes + size <= limit.bytes / 2 || line.bytes == 0
        else { return false }
        let held = lines.values.reduce(into: Budget()) { sum, line in
            guard line.isBackedUp else { return }
            sum.frames += line.entries.count
            sum.bytes += line.bytes
        }
        return held.frames < max(1, limit.frames / 4 * 3) && held.bytes + size <= limit.bytes / 4 * 3
    }
}
