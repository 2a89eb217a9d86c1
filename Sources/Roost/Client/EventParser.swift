/// Takes a stream of server-sent events apart, however its bytes come.
struct EventParser {
    /// One event.
    struct Event: Equatable {
        var name = "message"
        var id: String?
        var data = ""
    }

    /// The longest event that is understood, bytes: the largest result with room to spare.
    static let longest = 8 << 20

    private var rest: [UInt8] = []
    private var event = Event()
    private var lines = 0

    /// Takes bytes; returns the events that are whole now, nil for what no server of ours sends.
    mutating func take(_ bytes: some Sequence<UInt8>) -> [Event]? {
        rest += bytes
        var events: [Event] = []
        var start = 0
        // Our server ends its lines with a line feed alone.
        while let end = rest[start...].firstIndex(of: 0x0A) {
            if let whole = read(String(decoding: rest[start..<end], as: UTF8.self)) { events.append(whole) }
            start = end + 1
        }
        rest.removeFirst(start)
        return rest.count + event.data.utf8.count > Self.longest ? nil : events
    }

    private mutating func read(_ line: String) -> Event? {
        if line.isEmpty {
            defer { (event, lines) = (Event(), 0) }
            return lines > 0 ? event : nil
        }
        let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let value = parts.count > 1 ? String(parts[1].hasPrefix(" ") ? parts[1].dropFirst() : parts[1]) : ""
        switch parts[0] {
        case "event": event.name = value
        case "id": event.id = value
        case "data":
            event.data += lines > 0 ? "\n\(value)" : value
            lines += 1
        // A comment, or a field that says nothing to us.
        default: break
        }
        return nil
    }
}
