/// The parts of JSON as bytes, written into memory that has room for them.
enum JSONText {
    /// Copies a text; returns where it ends.
    static func copy(_ text: StaticString, _ bytes: UnsafeMutableRawBufferPointer, at start: Int) -> Int {
        let end = start + text.utf8CodeUnitCount
        text.withUTF8Buffer { UnsafeMutableRawBufferPointer(rebasing: bytes[start..<end]).copyBytes(from: $0) }
        return end
    }

    /// Writes a number; returns how long it is, 20 at most.
    static func write(_ number: Int, _ bytes: UnsafeMutableRawBufferPointer) -> Int {
        var rest = number.magnitude
        var count = number < 0 ? 2 : 1
        while rest > 9 {
            rest /= 10
            count += 1
        }
        rest = number.magnitude
        if number < 0 { bytes[0] = UInt8(ascii: "-") }
        for index in stride(from: count - 1, through: number < 0 ? 1 : 0, by: -1) {
            bytes[index] = 48 + UInt8(rest % 10)
            rest /= 10
        }
        return count
    }

    /// Writes the inside of a string, at most six times as long as the text; returns where it ends.
    static func escape(
        _ text: UnsafeBufferPointer<UInt8>, _ bytes: UnsafeMutableRawBufferPointer, at start: Int
    ) -> Int {
        let source = UnsafeRawBufferPointer(text)
        var end = start
        var index = 0
        while index < source.count {
            // Eight at a time, as long as there are as many and none of them is escaped.
            if source.count - index >= 8 {
                let word = source.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                if !hasEscape(word) {
                    bytes.storeBytes(of: word, toByteOffset: end, as: UInt64.self)
                    index += 8
                    end += 8
                    continue
                }
            }
            let byte = source[index]
            index += 1
            if byte < 0x20 || byte == 0x22 || byte == 0x5C {
                end += escape(byte, bytes, at: end)
            } else {
                bytes[end] = byte
                end += 1
            }
        }
        return end
    }

    /// Whether one of eight bytes is a control character, a quotation mark or a backslash; perhaps also when none is.
    private static func hasEscape(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        func hasZero(_ word: UInt64) -> UInt64 { (word &- ones) & ~word }
        let control = (word &- ones &* 0x20) & ~word
        return (control | hasZero(word ^ ones &* 0x22) | hasZero(word ^ ones &* 0x5C)) & (ones &* 0x80) != 0
    }

    /// What stands for a byte; returns how long that is.
    private static func escape(_ byte: UInt8, _ bytes: UnsafeMutableRawBufferPointer, at start: Int) -> Int {
        bytes[start] = UInt8(ascii: "\\")
        switch byte {
        case 0x22, 0x5C: bytes[start + 1] = byte
        case 0x0A: bytes[start + 1] = UInt8(ascii: "n")
        case 0x0D: bytes[start + 1] = UInt8(ascii: "r")
        case 0x09: bytes[start + 1] = UInt8(ascii: "t")
        default:
            for (offset, character) in [UInt8(ascii: "u"), 48, 48, digit(byte >> 4), digit(byte & 15)].enumerated() {
                bytes[start + 1 + offset] = character
            }
            return 6
        }
        return 2
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 48 + value : 87 + value }
}
