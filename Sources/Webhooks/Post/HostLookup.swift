import Glibc
import NIOCore
import NIOPosix

/// What a name stands for, asked of the system's resolver once for each delivery: what was checked is what is connected
/// to, and a name that means something else a moment later changes nothing.
struct HostLookup: Sendable {
    /// Asks the resolver, which blocks: on a thread for such things.
    typealias Resolve = @Sendable (_ host: String) throws(PostFault) -> [ReceiverAddress]

    let resolve: Resolve

    init(resolve: @escaping Resolve = HostLookup.system) { self.resolve = resolve }

    /// Every address of the URL's host, itself where it is one.
    func addresses(of url: WebhookURL, on loop: any EventLoop) -> EventLoopFuture<[ReceiverAddress]> {
        if let address = url.address { return loop.makeSucceededFuture([address]) }
        let (resolve, host) = (resolve, url.host)
        return NIOThreadPool.singleton.runIfActive(eventLoop: loop) { try resolve(host) }
    }

    static let system: Resolve = { host throws(PostFault) in
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, &hints, &list)
        guard code == 0 else { throw .failed("cannot find \(host): \(String(cString: gai_strerror(code)))") }
        defer { freeaddrinfo(list) }
        var addresses: [ReceiverAddress] = []
        var next = list
        while let entry = next?.pointee {
            if let address = address(entry), !addresses.contains(address) { addresses.append(address) }
            next = entry.ai_next
        }
        return addresses
    }

    private static func address(_ entry: addrinfo) -> ReceiverAddress? {
        guard let pointer = entry.ai_addr else { return nil }
        switch entry.ai_family {
        case AF_INET:
            return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { socket in
                var address = socket.pointee.sin_addr
                return ReceiverAddress(bytes: withUnsafeBytes(of: &address) { Array($0) })
            }
        case AF_INET6:
            return pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { socket in
                var address = socket.pointee.sin6_addr
                return ReceiverAddress(bytes: withUnsafeBytes(of: &address) { Array($0) })
            }
        default: return nil
        }
    }
}
