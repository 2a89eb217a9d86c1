import NIOCore

/// Entity tags (RFC 9110, 8.8.3).
enum EntityTag {
    /// The tag of a representation: the same bytes have the same, on every node.
    static func of(_ buffer: ByteBuffer) -> String { "\"\(buffer.withUnsafeReadableBytes { ContentDigest.hex($0) })\"" }

    /// Whether an `If-None-Match` list names the tag.
    static func list(_ header: String, contains tag: String) -> Bool {
        header.split(separator: ",").contains { candidate in
            var candidate = candidate.drop { $0 == " " }
            while candidate.last == " " { candidate.removeLast() }
            // Weak comparison, as If-None-Match asks.
            return candidate == "*" || (candidate.hasPrefix("W/") ? candidate.dropFirst(2) : candidate) == tag
        }
    }
}
