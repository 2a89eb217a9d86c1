/// What a member is called: `role@host:port`, where host and port are those its mesh listens on.
///
/// A host is a DNS name or an IPv4 or IPv6 address of at most 253 bytes; an IPv6 address is written in brackets.
public struct MemberName: Sendable, Hashable {
    /// What the process does.
    public let role: MemberRole
    /// Where others reach it, without brackets.
    public let host: String
    /// The TCP port of its mesh, 1 to 65535.
    public let port: Int

    /// Nil when the host holds anything but the characters of a DNS name or an address, or the port is out of range.
    public init?(role: MemberRole, host: String, port: Int) {
        guard Self.isHost(host), (1...65535).contains(port) else { return nil }
        self.role = role
        self.host = host
        self.port = port
    }

    /// Parses `role@host:port`; nil for anything else.
    public init?(_ text: String) {
        guard text.utf8.count <= Self.longest, let at = text.firstIndex(of: "@"), let colon = text.lastIndex(of: ":"),
            at < colon, let role = MemberRole(rawValue: String(text[..<at])),
            let port = PlainText.number(text[text.index(after: colon)...], in: 1...65535)
        else { return nil }
        var host = text[text.index(after: at)..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard host.contains(":") else { return nil }
        } else if host.contains(":") {
            return nil
        }
        self.init(role: role, host: String(host), port: port)
    }

    /// The longest name in bytes: role, `@`, bracketed host, `:`, port.
    static let longest = 6 + 1 + 255 + 1 + 5

    private static func isHost(_ host: String) -> Bool {
        let bytes = host.utf8
        guard let first = bytes.first, bytes.count <= 253 else { return false }
        if host.contains(":") {
            return bytes.count <= 45
                && bytes.allSatisfy { isHex($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }
        }
        return isAlphanumeric(first)
            && bytes.allSatisfy {
                isAlphanumeric($0) || [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_")].contains($0)
            }
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}

extension MemberName: CustomStringConvertible {
    /// `role@host:port`
    public var description: String {
        host.contains(":") ? "\(role.rawValue)@[\(host)]:\(port)" : "\(role.rawValue)@\(host):\(port)"
    }
}

extension MemberName: Comparable {
    /// By the bytes of the written name, so that every member orders alike.
    public static func < (left: Self, right: Self) -> Bool {
        left.description.utf8.lexicographicallyPrecedes(right.description.utf8)
    }
}
