import NIOPosix
import Testing

/// A client of an event stream, on a connection of its own.
///
/// `@unchecked Sendable` for the connection, which one call at a time uses.
final class EventClient: @unchecked Sendable {
    /// One event as it came.
    struct Event: Equatable {
        var name = ""
        var id = ""
        var data = ""
    }

    private let connection: RawConnection
    private var text = ""
    private var passed = 0

    init(port: Int?, path: String, lastID: String? = nil) async throws {
        let port = try #require(port)
        let resume = lastID.map { "Last-Event-ID: \($0)\r\n" } ?? ""
        connection = try await NIOThreadPool.singleton.runIfActive {
            let connection = try RawConnection(port: port)
            connection.send("GET \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\(resume)\r\n")
            return Handover(connection: connection)
        }.connection
    }

    private struct Handover: @unchecked Sendable { let connection: RawConnection }

    /// Reads on until the text has come, behind what was read before.
    func receive(until mark: String) async throws {
        try await NIOThreadPool.singleton.runIfActive { [self] in
            while true {
                let rest = text.dropFirst(passed)
                if let range = rest.firstRange(of: mark) {
                    passed = text.distance(from: text.startIndex, to: range.upperBound)
                    return
                }
                text += String(decoding: try #require(try connection.receive(), "\(text)"), as: UTF8.self)
            }
        }
    }

    /// Reads on until the server closes; returns everything that came.
    func rest() async throws -> String {
        try await NIOThreadPool.singleton.runIfActive { [self] in
            text += try connection.rest()
            return text
        }
    }

    /// Says that nothing more is read or sent.
    func hangUp() { connection.finish() }

    /// The reply's body without its chunks, as far as it has come.
    var body: String {
        guard let head = text.firstRange(of: "\r\n\r\n") else { return "" }
        var rest = Array(text[head.upperBound...].utf8)[...]
        var body: [UInt8] = []
        while let end = rest.firstIndex(of: 0x0D),
            let size = Int(String(decoding: rest[..<end], as: UTF8.self), radix: 16), size > 0,
            rest.endIndex >= end + 2 + size
        {
            body += rest[(end + 2)..<(end + 2 + size)]
            rest = rest[(end + 2 + size)...].dropFirst(2)
        }
        return String(decoding: body, as: UTF8.self)
    }

    /// The whole events that have come.
    var events: [Event] {
        body.split(separator: "\n\n").compactMap { part in
            var event = Event()
            for line in part.split(separator: "\n", omittingEmptySubsequences: false) {
                if let value = line.dropping("event: ") { event.name = value }
                if let value = line.dropping("id: ") { event.id = value }
                if let value = line.dropping("data: ") { event.data += event.data.isEmpty ? value : "\n\(value)" }
            }
            return event.name.isEmpty ? nil : event
        }
    }
}

extension Substring {
    fileprivate func dropping(_ prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }
}
