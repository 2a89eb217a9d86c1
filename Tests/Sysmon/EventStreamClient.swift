import Dispatch
import Glibc
import Synchronization

/// One HTTP request on a socket of its own, whose reply is read as it comes.
final class EventStreamClient: Sendable {
    /// Nil once closed: the number may belong to somebody else by then.
    private let socket = Mutex<Int32?>(nil)
    /// Pieces of the reply, head included; ends with the connection.
    let pieces: AsyncStream<String>

    init?(port: Int, path: String, headers: [String] = []) {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        let head = ["GET \(path) HTTP/1.1", "Host: localhost", "Connection: close"]
        let request = (head + headers + ["", ""]).joined(separator: "\r\n")
        guard connected == 0, send(socket, request, request.utf8.count, Int32(MSG_NOSIGNAL)) > 0 else { return nil }
        self.socket.withLock { $0 = socket }
        let (stream, continuation) = AsyncStream<String>.makeStream()
        pieces = stream
        // A thread of its own: reading a socket blocks.
        DispatchQueue(label: "test.events").async {
            var bytes = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = recv(socket, &bytes, bytes.count, 0)
                guard count > 0 else { break }
                continuation.yield(String(decoding: bytes.prefix(count), as: UTF8.self))
            }
            self.socket.withLock { $0 = nil }
            Glibc.close(socket)
            continuation.finish()
        }
    }

    /// Reads until the text holds `mark`; returns everything read so far, nil when the connection ended first.
    func read(until mark: String, into text: inout String) async -> Bool {
        if text.contains(mark) { return true }
        for await piece in pieces {
            text += piece
            if text.contains(mark) { return true }
        }
        return false
    }

    /// Goes away.
    func hangUp() { socket.withLock { if let socket = $0 { _ = shutdown(socket, Int32(SHUT_RDWR)) } } }
}
