import Glibc
internal import NIOCore

/// A bound TCP socket that child processes do not inherit.
///
/// NIO opens sockets that they do inherit; a command started by a job would then hold the mesh's port after this
/// process died, and its successor could not bind it.
enum ListeningSocket {
    /// Binds and returns the descriptor; NIO listens. Throws NIO's errors for bad names, `IOError` for the rest.
    static func bind(host: String, port: Int) throws -> NIOBSDSocket.Handle {
        // A name is looked up here, once, at start; an address needs no look-up.
        let address =
            try (try? SocketAddress(ipAddress: host, port: port))
            ?? SocketAddress.makeAddressResolvingHost(host, port: port)
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(Int32(address.protocol.rawValue), kind, 0)
        guard descriptor >= 0 else { throw IOError(errnoCode: errno, reason: "socket") }
        var on: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, size)
        guard address.withSockAddr({ Glibc.bind(descriptor, $0, socklen_t($1)) }) == 0 else {
            let code = errno
            close(descriptor)
            throw IOError(errnoCode: code, reason: "bind \(host):\(port)")
        }
        return descriptor
    }
}
