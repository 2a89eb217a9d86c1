import Glibc
import HummingbirdTesting
import NIOPosix
import RoostAPI
import Testing

extension APIRig {
    /// Sends bytes to a live server and hands over the first of what comes back; empty when the server hung up.
    func raw(_ text: String, _ check: @escaping @Sendable (String) -> Void) async throws {
        try await application().test(.live) { client in
            let port = try #require(client.port)
            // On a thread that may block: the server needs the ones that may not.
            check(try await NIOThreadPool.singleton.runIfActive { try exchange(text, port: port) })
        }
    }

    private func exchange(_ text: String, port: Int) throws -> String {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        try #require(socket >= 0)
        defer { close(socket) }
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
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
        let bytes = Array(text.utf8)
        let sent = Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        try #require(sent == bytes.count)
        var reply = [UInt8](repeating: 0, count: 4096)
        let count = recv(socket, &reply, reply.count, 0)
        try #require(count >= 0, "an answer or the end within ten seconds")
        return String(decoding: reply.prefix(count), as: UTF8.self)
    }
}
