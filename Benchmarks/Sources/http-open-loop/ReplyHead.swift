/// Where a reply's head ends, what it says of the body's length, and its status: looked for in the bytes as they are, since
/// the generator must not take more of the machine than it needs.
struct ReplyHead {
    let status: Int
    /// Head and body, bytes.
    let length: Int

    /// Nil while some of the head is missing. A status of 0: these bytes are no reply.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= 13 else { return nil }
        var status = 0
        for index in 9..<12 { status = status * 10 + Int(bytes[index] &- 48) }
        var line = 0
        var body = 0
        var index = 0
        while index < bytes.count {
            guard bytes[index] == 10 else {
                index += 1
                continue
            }
            if index - line <= 1 {
                self.status = (100..<600).contains(status) ? status : 0
                length = index + 1 + body
                return
            }
            if let value = Self.contentLength(bytes, line..<index) { body = value }
            index += 1
            line = index
        }
        return nil
    }

    private static func contentLength(_ bytes: UnsafeRawBufferPointer, _ line: Range<Int>) -> Int? {
        let name: StaticString = "content-length:"
        let first = bytes[line.lowerBound] | 0x20
        guard line.count > name.utf8CodeUnitCount, first == name.utf8Start[0] else { return nil }
        for offset in 1..<name.utf8CodeUnitCount
        where bytes[line.lowerBound + offset] | 0x20 != name.utf8Start[offset] | 0x20 { return nil }
        var value = 0
        for byte in bytes[line].dropFirst(name.utf8CodeUnitCount) where (48...57).contains(byte) {
            value = value * 10 + Int(byte - 48)
        }
        return value
    }
}
