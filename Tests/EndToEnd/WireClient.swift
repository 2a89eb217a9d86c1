import Glibc
import RoostProcessKit

/// A TCP connection that says what it is told, byte for byte, and waits ten seconds for an answer at most.
final class WireClient {
    private let descriptor: Int32

    /// Connects to `http://HOST:PORT` on this machine.
    init(_ url: String) throws {
        let port = url.split(separator: ":").last.flatMap { UInt16($0) } ?? 0
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Surprise("no more sockets: error \(errno)") }
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw Surprise("\(url) does not answer: error \(errno)") }
    }

    deinit { close(descriptor) }

    /// Sends everything; false when the other side has closed.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard sent > 0 else { return false }
            rest = rest.dropFirst(sent)
        }
        return true
    }

    /// Everything until the other side closes, in order or not; throws when it does neither in time.
    func rest() throws -> String {
        var all: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = recv(descriptor, &piece, piece.count, 0)
            if count > 0 {
                all += piece.prefix(count)
            } else if count == 0 || errno == ECONNRESET || errno == EPIPE {
                return String(decoding: all, as: UTF8.self)
            } else {
                throw Surprise(
                    "open after ten seconds, with \(all.count) bytes: \(String(decoding: all, as: UTF8.self))")
            }
        }
    }

    /// Lets this process have as many files as the system allows; returns how many.
    static func raiseFileLimit() -> Int {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return Int(min(limit.rlim_cur, 1_000_000))
    }
}
