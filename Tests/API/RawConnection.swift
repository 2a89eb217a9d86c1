import Glibc
import HummingbirdTesting
import NIOPosix
import Testing

/// A TCP connection that says what it is told, byte for byte. It blocks: use it on a thread that may.
final class RawConnection {
    private let socket: Int32
    let port: Int

    /// Calls give up after ten seconds.
    init(port: Int) throws {
        self.port = port
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        try #require(socket >= 0)
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(clamping: port)).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(connected == 0)
    }

    deinit { close(socket) }

    /// Sends everything; false when the server has closed.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard sent > 0 else { return false }
            rest = rest.dropFirst(sent)
        }
        return true
    }

    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// Says that nothing more is sent.
    func finish() { shutdown(socket, Int32(SHUT_WR)) }

    /// The next bytes; nil at the end, whether it is orderly or not.
    func receive() throws -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(socket, &bytes, bytes.count, 0)
        if count < 0 { try #require(errno == ECONNRESET, "an answer or the end within ten seconds") }
        return count > 0 ? Array(bytes.prefix(count)) : nil
    }

    /// Everything until the server closes.
    func rest() throws -> String {
        var all: [UInt8] = []
        while let bytes = try receive() { all += bytes }
        return String(decoding: all, as: UTF8.self)
    }

    /// Everything until the text has come.
    func receive(until text: String) throws -> String {
        var all = ""
        while !all.contains(text) {
            all += String(decoding: try #require(try receive(), "\(all)"), as: UTF8.self)
        }
        return all
    }
}

extension APIRig {
    /// A live server, and a thread that may block for connections to it.
    func live<Value: Sendable>(_ body: @escaping @Sendable (_ port: Int) throws -> Value) async throws -> Value {
        try await application().test(.live) { client in
            let port = try #require(client.port)
            return try await NIOThreadPool.singleton.runIfActive { try body(port) }
        }
    }

    /// Sends the text to a live server and returns everything that comes back until the server closes.
    func conversation(_ text: String) async throws -> String { try await conversation(bytes: Array(text.utf8)) }

    func conversation(bytes: [UInt8]) async throws -> String {
        try await live { port in
            let connection = try RawConnection(port: port)
            connection.send(bytes)
            return try connection.rest()
        }
    }
}

extension String {
    /// How many replies these bytes of HTTP are.
    var replies: Int { components("HTTP/1.1 ") - 1 }

    private func components(_ separator: String) -> Int {
        var count = 1
        var rest = self[...]
        while let range = rest.firstRange(of: separator) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }
}
