/// One field line of a head: a name, a colon right behind it, and a value.
struct HeadField {
    let name: UnsafeRawBufferPointer
    /// Without the white space around it.
    let value: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer, _ line: Range<Int>) throws(RequestFault) {
        var colon = line.lowerBound
        while colon < line.upperBound, HTTPByte.isToken(bytes[colon]) { colon += 1 }
        guard colon > line.lowerBound, colon < line.upperBound, bytes[colon] == UInt8(ascii: ":") else { throw .field }
        var start = colon + 1
        var end = line.upperBound
        while start < end, HTTPByte.isBlank(bytes[start]) { start += 1 }
        while start < end, HTTPByte.isBlank(bytes[end - 1]) { end -= 1 }
        name = UnsafeRawBufferPointer(rebasing: bytes[line.lowerBound..<colon])
        value = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
        for byte in value where byte < 0x20 && byte != 0x09 || byte == 0x7F { throw .field }
    }

    /// Whether the name is this one, which is in lower case.
    func isNamed(_ lower: StaticString) -> Bool { Self.equal(name[...], lower) }

    /// Whether the value is this one, which is in lower case.
    func isValue(_ lower: StaticString) -> Bool { Self.equal(value[...], lower) }

    /// Whether the value is a list that has the element.
    func lists(_ lower: StaticString) -> Bool {
        value.split(separator: UInt8(ascii: ",")).contains { element in
            var element = element
            while let byte = element.first, HTTPByte.isBlank(byte) { element.removeFirst() }
            while let byte = element.last, HTTPByte.isBlank(byte) { element.removeLast() }
            return Self.equal(element, lower)
        }
    }

    /// The value as a number of bytes: digits only. One that no `Int` holds is the largest `Int`.
    var length: Int? {
        guard !value.isEmpty else { return nil }
        var length = 0
        for byte in value {
            guard (48...57).contains(byte) else { return nil }
            let (product, overflow) = length.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int(byte - 48))
            length = overflow || carry ? .max : sum
        }
        return length
    }

    /// Whether the value may be a host with a port: nothing that an URI would end it with.
    var isHost: Bool {
        !value.isEmpty && value.count <= 260
            && value.allSatisfy { byte in
                switch byte {
                case 0...0x20, 0x7F...0xFF, UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "@"),
                    UInt8(ascii: ","), UInt8(ascii: "\\"):
                    false
                default: true
                }
            }
    }

    private static func equal(_ bytes: Slice<UnsafeRawBufferPointer>, _ lower: StaticString) -> Bool {
        guard bytes.count == lower.utf8CodeUnitCount else { return false }
        return lower.withUTF8Buffer { lower in zip(bytes, lower).allSatisfy { HTTPByte.lowercased($0) == $1 } }
    }
}

/// The lines of a head without their ends; stops at the empty one.
struct HeadLines {
    private let bytes: UnsafeRawBufferPointer
    private var start = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func next() -> Range<Int>? {
        var end = start
        while end < bytes.count, bytes[end] != HTTPByte.lineFeed { end += 1 }
        guard end < bytes.count, end > start, bytes[end - 1] == HTTPByte.carriageReturn, end - 1 > start else {
            return nil
        }
        defer { start = end + 1 }
        return start..<(end - 1)
    }
}

/// Bytes with a meaning in HTTP/1.1 (RFC 9110, 5.6).
enum HTTPByte {
    static let space: UInt8 = 0x20
    static let carriageReturn: UInt8 = 0x0D
    static let lineFeed: UInt8 = 0x0A

    static func isBlank(_ byte: UInt8) -> Bool { byte == space || byte == 0x09 }

    static func lowercased(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

    static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x5E...0x7A, 0x7C, 0x7E, 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E: true
        default: false
        }
    }

    static func hexadecimal(_ byte: UInt8) -> Int? {
        switch byte {
        case 0x30...0x39: Int(byte - 0x30)
        case 0x41...0x46: Int(byte - 0x37)
        case 0x61...0x66: Int(byte - 0x57)
        default: nil
        }
    }
}
