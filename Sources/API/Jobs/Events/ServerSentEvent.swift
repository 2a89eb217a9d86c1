import NIOCore

/// One event of a stream: https://html.spec.whatwg.org/multipage/server-sent-events.html
struct ServerSentEvent: Equatable {
    let name: String
    /// What a client that comes back has seen. Of digits and dots.
    let id: String
    let data: [UInt8]
}

extension ByteBuffer {
    /// Adds an event. Data of several lines goes out as several fields, which the client puts together again.
    mutating func write(_ event: ServerSentEvent) {
        writeString("event: \(event.name)\nid: \(event.id)\n")
        var line = event.data[...]
        while true {
            let end = line.firstIndex { $0 == 0x0A || $0 == 0x0D } ?? line.endIndex
            writeString("data: ")
            writeBytes(line[..<end])
            writeString("\n")
            if end == line.endIndex { break }
            let isPair = line[end] == 0x0D && end + 1 < line.endIndex && line[end + 1] == 0x0A
            line = line[(end + (isPair ? 2 : 1))...]
        }
        writeString("\n")
    }

    /// Adds what clients pass over: it shows that the stream lives.
    mutating func writeEventComment(_ text: String) { writeString(": \(text)\n\n") }
}
