import FoundationEssentials

extension Snapshot {
    /// The snapshot as one line of JSON with sorted keys, or an empty object when a number cannot be written.
    ///
    /// Terminals obey control characters that JSON allows as they are (DEL and U+0080 to U+009F): they are escaped.
    public var json: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { return Array("{}".utf8) }
        var line: [UInt8] = []
        line.reserveCapacity(data.count)
        var lead = false
        for byte in data {
            if lead, (0x80...0x9F).contains(byte) {
                line.removeLast()
                line += Array("\\u00".utf8) + [hex(byte >> 4), hex(byte & 15)]
            } else if byte == 0x7F {
                line += Array("\\u007f".utf8)
            } else {
                line.append(byte)
            }
            lead = byte == 0xC2
        }
        return line
    }

    private func hex(_ digit: UInt8) -> UInt8 { digit < 10 ? 0x30 + digit : 0x57 + digit }
}
