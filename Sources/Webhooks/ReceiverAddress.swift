import Glibc

/// An IP address, and whether deliveries may go there.
struct ReceiverAddress: Sendable, Equatable {
    /// 4 or 16 bytes, network order.
    let bytes: [UInt8]

    /// Who can be at an address.
    enum Reach: Sendable, Equatable {
        /// Anybody on the internet.
        case everywhere
        /// This machine, or one in its private networks.
        case nearby
        /// Nobody who could be a receiver: groups, unspecified and reserved addresses, and the link-local ones where
        /// clouds keep a machine's credentials.
        case nowhere
    }

    init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// Four decimal numbers without leading zeros.
    init?(v4 text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part -> UInt8? in
            let isPlain =
                part.utf8.allSatisfy { (0x30...0x39).contains($0) } && (part.count == 1 || !part.hasPrefix("0"))
            return isPlain ? UInt8(part) : nil
        }
        guard parts.count == 4, numbers.count == 4 else { return nil }
        bytes = numbers
    }

    /// An IPv6 address without brackets and zone.
    init?(v6 text: some StringProtocol) {
        var address = in6_addr()
        guard !text.contains("%"), inet_pton(AF_INET6, String(text), &address) == 1 else { return nil }
        bytes = withUnsafeBytes(of: &address) { Array($0) }
    }

    /// The usual way to write it.
    var text: String {
        if bytes.count == 4 { return bytes.map(String.init).joined(separator: ".") }
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let isWritten = inet_ntop(AF_INET6, bytes, &buffer, socklen_t(buffer.count)) != nil
        return isWritten
            ? String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) : "::"
    }

    /// Who can be there: the special-purpose registries of IANA (RFC 6890), and what clouds add to them.
    var reach: Reach {
        for block in bytes.count == 4 ? Self.special4 : Self.special6 where block.contains(bytes) { return block.reach }
        if bytes.count == 4 { return .everywhere }
        // NAT64 (RFC 6052): the IPv4 address is what is reached.
        if Self.nat64.contains(bytes) { return ReceiverAddress(bytes: Array(bytes.suffix(4)))?.reach ?? .nowhere }
        // All that is routed so far is in 2000::/3.
        return bytes[0] & 0xE0 == 0x20 ? .everywhere : .nowhere
    }

    private struct Block {
        let prefix: [UInt8]
        let bits: Int
        let reach: Reach

        init(_ prefix: [UInt8], _ bits: Int, _ reach: Reach) {
            self.prefix = prefix
            self.bits = bits
            self.reach = reach
        }

        func contains(_ bytes: [UInt8]) -> Bool {
            for index in 0..<((bits + 7) / 8) {
                let left = bits - index * 8
                let mask: UInt8 = left >= 8 ? 0xFF : ~(0xFF >> UInt8(left))
                let wanted = index < prefix.count ? prefix[index] : 0
                if bytes[index] & mask != wanted { return false }
            }
            return true
        }
    }

    private static let nat64 = Block([0x00, 0x64, 0xFF, 0x9B], 96, .everywhere)

    private static let special4: [Block] = [
        Block([0], 8, .nowhere), Block([10], 8, .nearby), Block([100, 64], 10, .nearby), Block([127], 8, .nearby),
        Block([169, 254], 16, .nowhere), Block([172, 16], 12, .nearby), Block([192, 0, 0], 24, .nowhere),
        Block([192, 0, 2], 24, .nowhere), Block([192, 88, 99], 24, .nowhere), Block([192, 168], 16, .nearby),
        Block([198, 18], 15, .nearby), Block([198, 51, 100], 24, .nowhere), Block([203, 0, 113], 24, .nowhere),
        Block([224], 4, .nowhere), Block([240], 4, .nowhere),
        // Azure's own service to its machines, and Alibaba's, which is in the carriers' block.
        Block([168, 63, 129, 16], 32, .nowhere), Block([100, 100, 100, 200], 32, .nowhere),
    ].sorted { $0.bits > $1.bits }

    private static let special6: [Block] = [
        Block([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 128, .nearby),
        // An IPv4 address in disguise, ::ffff:0:0/96, and ::/96: a resolver has no reason to give one.
        Block([], 96, .nowhere), Block([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], 96, .nowhere),
        Block([0xFD, 0x00, 0x0E, 0xC2], 32, .nowhere), Block([0xFC], 7, .nearby), Block([0xFE, 0x80], 10, .nowhere),
        Block([0xFE, 0xC0], 10, .nowhere), Block([0xFF], 8, .nowhere), Block([0x01], 8, .nowhere),
        // Teredo and its kin, 6to4, documentation: they lead to IPv4 or nowhere.
        Block([0x20, 0x01, 0x00], 23, .nowhere), Block([0x20, 0x01, 0x0D, 0xB8], 32, .nowhere),
        Block([0x20, 0x02], 16, .nowhere), Block([0x3F, 0xFF, 0x00], 20, .nowhere),
    ].sorted { $0.bits > $1.bits }
}
