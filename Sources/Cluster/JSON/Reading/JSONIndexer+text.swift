extension JSONIndexer {
    /// Passes over a string with its quotation marks; true when it has escapes.
    mutating func passText() throws(JSONFault) -> Bool {
        index += 1
        var isEscaped = false
        while index < bytes.count {
            let next = bytes[index]
            if next >= 0x80 {
                try passSequence()
            } else if next == UInt8(ascii: "\"") {
                index += 1
                return isEscaped
            } else if next == UInt8(ascii: "\\") {
                isEscaped = true
                try passEscape()
            } else if next < 0x20 {
                throw JSONFault()
            } else {
                index += 1
            }
        }
        throw JSONFault()
    }

    private mutating func passEscape() throws(JSONFault) {
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            index += 1
        case UInt8(ascii: "u"):
            index += 1
            switch try unit() {
            case 0xD800...0xDBFF:
                guard byte == UInt8(ascii: "\\") else { throw JSONFault() }
                index += 1
                guard byte == UInt8(ascii: "u") else { throw JSONFault() }
                index += 1
                guard case 0xDC00...0xDFFF = try unit() else { throw JSONFault() }
            case 0xDC00...0xDFFF: throw JSONFault()
            default: break
            }
        default: throw JSONFault()
        }
    }

    private mutating func unit() throws(JSONFault) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = JSONText.hexadecimal(byte) else { throw JSONFault() }
            unit = unit << 4 | digit
            index += 1
        }
        return unit
    }

    /// One UTF-8 sequence of two to four bytes, as the table of well-formed sequences (Unicode 3.9, D92) has them.
    private mutating func passSequence() throws(JSONFault) {
        let (count, second): (Int, ClosedRange<UInt8>)
        switch bytes[index] {
        case 0xC2...0xDF: (count, second) = (2, 0x80...0xBF)
        case 0xE0: (count, second) = (3, 0xA0...0xBF)
        case 0xED: (count, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (count, second) = (3, 0x80...0xBF)
        case 0xF0: (count, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (count, second) = (4, 0x80...0xBF)
        case 0xF4: (count, second) = (4, 0x80...0x8F)
        default: throw JSONFault()
        }
        guard index + count <= bytes.count, second.contains(bytes[index + 1]) else { throw JSONFault() }
        for offset in 2..<max(2, count) where bytes[index + offset] & 0xC0 != 0x80 { throw JSONFault() }
        index += count
    }
}
