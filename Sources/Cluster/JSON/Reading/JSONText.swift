/// The insides of JSON strings that have been checked.
enum JSONText {
    static func hexadecimal(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 0x30...0x39: UInt32(byte &- 0x30)
        case 0x41...0x46: UInt32(byte &- 0x37)
        case 0x61...0x66: UInt32(byte &- 0x57)
        default: nil
        }
    }

    /// What a string with escapes stands for.
    static func unescape(_ source: UnsafeBufferPointer<UInt8>) -> String {
        String(unsafeUninitializedCapacity: source.count) { target in
            // Nothing is longer without its escapes.
            var (read, written) = (0, 0)
            func put(_ byte: UInt8) {
                target[written] = byte
                written += 1
            }
            while read < source.count {
                let byte = source[read]
                read += 1
                guard byte == UInt8(ascii: "\\"), read < source.count else {
                    put(byte)
                    continue
                }
                let kind = source[read]
                read += 1
                switch kind {
                case UInt8(ascii: "b"): put(8)
                case UInt8(ascii: "f"): put(12)
                case UInt8(ascii: "n"): put(10)
                case UInt8(ascii: "r"): put(13)
                case UInt8(ascii: "t"): put(9)
                case UInt8(ascii: "u"):
                    let decoded = scalar(source, &read)
                    for byte in UTF8.encode(decoded) ?? UTF8.encodedReplacementCharacter { put(byte) }
                default: put(kind)
                }
            }
            return written
        }
    }

    private static func scalar(_ source: UnsafeBufferPointer<UInt8>, _ read: inout Int) -> UnicodeScalar {
        func unit() -> UInt32 {
            let end = min(read + 4, source.count)
            defer { read = end }
            return source[read..<end].reduce(0) { $0 << 4 | (hexadecimal($1) ?? 0) }
        }
        var scalar = unit()
        if 0xD800...0xDBFF ~= scalar {
            read = min(read + 2, source.count)
            scalar = 0x10000 + (scalar - 0xD800) << 10 + (unit() & 0x3FF)
        }
        return UnicodeScalar(scalar) ?? "\u{FFFD}"
    }
}
