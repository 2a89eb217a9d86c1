/// Turns the inside of a checked JSON string into the UTF-8 it stands for.
enum JSONString {
    static func decode(_ source: some Collection<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(source.count)
        var iterator = source.makeIterator()
        while let byte = iterator.next() {
            guard byte == UInt8(ascii: "\\"), let kind = iterator.next() else {
                result.append(byte)
                continue
            }
            switch kind {
            case UInt8(ascii: "b"): result.append(8)
            case UInt8(ascii: "f"): result.append(12)
            case UInt8(ascii: "n"): result.append(10)
            case UInt8(ascii: "r"): result.append(13)
            case UInt8(ascii: "t"): result.append(9)
            case UInt8(ascii: "u"):
                var scalar = unit(&iterator)
                if (0xD800...0xDBFF).contains(scalar) {
                    _ = iterator.next()
                    _ = iterator.next()
                    scalar = 0x10000 + (scalar - 0xD800) << 10 + (unit(&iterator) &- 0xDC00)
                }
                result.append(contentsOf: String(UnicodeScalar(scalar) ?? "\u{FFFD}").utf8)
            default: result.append(kind)
            }
        }
        return result
    }

    private static func unit(_ iterator: inout some IteratorProtocol<UInt8>) -> UInt32 {
        (0..<4).reduce(0) { unit, _ in
            unit << 4 | UInt32(iterator.next().flatMap { Character(UnicodeScalar($0)).hexDigitValue } ?? 0)
        }
    }
}
