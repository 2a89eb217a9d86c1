/// Where a webhook's deliveries go: an absolute `https:` or `http:` address, read strictly, so that every part of the
/// program and its receiver's see the same host in it.
public struct WebhookURL: Sendable, Equatable {
    /// As it was written.
    public let text: String
    /// Whether TLS is spoken.
    let isSecure: Bool
    /// A name in lower case, or an address without brackets.
    let host: String
    /// The address the host is, where it is one.
    let address: ReceiverAddress?
    /// From 1.
    let port: Int
    /// Path and query, at least `/`.
    let target: String

    /// The longest address, bytes.
    public static let mostBytes = 2048

    /// Why a text is no address of a receiver.
    public struct Fault: Error, Sendable, Equatable {
        /// The rest of a sentence that begins with the address.
        public let message: String
    }

    /// Reads an address.
    /// - Throws: what is wrong with it.
    public init(_ text: String) throws(Fault) {
        guard text.utf8.count <= Self.mostBytes else { throw Fault(message: "must be at most \(Self.mostBytes) bytes") }
        // White space, control characters, backslashes and letters beyond ASCII are where parsers disagree.
        guard text.utf8.allSatisfy({ $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "\\") }) else {
            throw Fault(message: "must be visible ASCII without backslashes: encode the rest")
        }
        let scheme = text.prefix { $0 != ":" }
        switch scheme.lowercased() {
        case "https": isSecure = true
        case "http": isSecure = false
        default: throw Fault(message: "must begin with https:// or http://")
        }
        let rest = text.dropFirst(scheme.count)
        guard rest.hasPrefix("://") else { throw Fault(message: "must begin with https:// or http://") }
        let place = rest.dropFirst(3)
        let authority = place.prefix { !"/?#".contains($0) }
        guard !authority.contains("@") else { throw Fault(message: "must not carry a user name or a password") }
        guard !place.contains("#") else { throw Fault(message: "must not have a fragment") }
        let (host, port) = try Self.split(authority)
        self.text = text
        self.port = try port.map { text throws(Fault) in try Self.port(text) } ?? (isSecure ? 443 : 80)
        (self.host, address) = try Self.host(host)
        let tail = place.dropFirst(authority.count)
        target = tail.hasPrefix("/") ? String(tail) : "/" + tail
    }

    /// The host as it stands in a `Host` header.
    var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    private static func split(_ authority: Substring) throws(Fault) -> (host: Substring, port: Substring?) {
        var (host, port): (Substring, Substring?) = (authority, nil)
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { throw Fault(message: "has no such host") }
            let rest = authority[authority.index(after: end)...]
            host = authority[...end]
            guard rest.isEmpty || rest.hasPrefix(":") else { throw Fault(message: "has no such host") }
            port = rest.isEmpty ? nil : rest.dropFirst()
        } else if let colon = authority.firstIndex(of: ":") {
            host = authority[..<colon]
            port = authority[authority.index(after: colon)...]
        }
        return (host, port)
    }

    private static func port(_ text: Substring) throws(Fault) -> Int {
        // `Int` takes a sign.
        guard (1...5).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = Int(text), (1...65_535).contains(port)
        else { throw Fault(message: "must have a port from 1 to 65535, or none") }
        return port
    }

    private static func host(_ text: Substring) throws(Fault) -> (String, ReceiverAddress?) {
        if text.hasPrefix("[") {
            let inner = text.dropFirst().dropLast()
            // A zone (%eth0) names a link of this machine: no receiver is there.
            guard let address = ReceiverAddress(v6: inner) else {
                throw Fault(message: "has no IPv6 address in brackets")
            }
            return (address.text, address)
        }
        let labels = text.lowercased().split(separator: ".", omittingEmptySubsequences: false)
        guard (1...253).contains(text.utf8.count), labels.allSatisfy(isLabel), let last = labels.last else {
            throw Fault(message: "must have a host: a name (punycode for letters beyond ASCII) or an address")
        }
        // 2130706433, 0x7f.1 and 0177.0.0.1 are 127.0.0.1 to a resolver: only the plain form is an address here.
        let isNumber = last.utf8.allSatisfy { (0x30...0x39).contains($0) }
        if isNumber || last.hasPrefix("0x") {
            guard let address = ReceiverAddress(v4: text) else {
                throw Fault(message: "must write an IPv4 address as four plain decimal numbers")
            }
            return (address.text, address)
        }
        return (text.lowercased(), nil)
    }

    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
            && label.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x61...0x7A, 0x2D, 0x5F: true
                default: false
                }
            }
    }
}
