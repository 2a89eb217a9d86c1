/// A server's address: host name or IP address, and TCP port.
public struct RedisEndpoint: Sendable, Hashable, CustomStringConvertible {
    /// The host name or address, without brackets.
    public var host: String
    /// The TCP port.
    public var port: Int

    /// Makes an address.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// An address a server told us; nil when it is none. What it says ends up in connects and logs, so it is looked at.
    init?(told host: String?, _ port: Int64?) {
        guard let host, let port, (1...65_535).contains(port), (1...255).contains(host.utf8.count),
            host.utf8.allSatisfy({ $0 > 32 && $0 < 127 })
        else { return nil }
        self.init(host: host, port: Int(port))
    }

    /// `host:port`, with brackets around an IPv6 address.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
