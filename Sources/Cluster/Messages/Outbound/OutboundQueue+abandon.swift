internal import NIOCore

extension OutboundQueue {
    /// The caller of a call gave up. True when the peer has the whole call and must be told.
    mutating func abandon(call number: UInt64, service: String) -> Bool {
        let lane = OutboundLane.service(service)
        guard
            let index = lines[lane]?.entries.firstIndex(where: {
                $0.frame.correlation == number && $0.frame.type == FrameType.call.rawValue
            })
        else { return true }
        if lines[lane]?.entries[index].hasStarted == true {
            lines[lane]?.entries[index].isAbandoned = true
        } else if let entry = lines[lane]?.entries.remove(at: index) {
            lines[lane]?.bytes -= entry.size
            count(lane, frames: -1, bytes: -entry.size)
        }
        return false
    }
}

extension Frame {
    /// The caller of a call gave up: its correlation, and the service as payload.
    static func cancel(_ number: UInt64, _ service: String) -> Frame {
        Frame(.cancel, flags: .optional, correlation: number, payload: ByteBuffer(string: service))
    }
}
