internal import NIOCore

extension OutboundQueue {
    /// The caller of a call gave up. True when the peer has the whole call and must be told.
    mutating func abandon(call correlation: UInt64, service: String) -> Bool {
        guard let number = numbers[.service(service)],
            let index = lines[number].entries.firstIndex(where: {
                $0.correlation == correlation && $0.type == FrameType.call.rawValue
            })
        else { return true }
        if lines[number].entries[index].hasStarted {
            lines[number].entries[index].isAbandoned = true
        } else {
            let entry = lines[number].entries.remove(at: index)
            count(number, frames: -1, bytes: -entry.size)
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
