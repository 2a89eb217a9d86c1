import NIOCore

/// Writes one JSON document into a buffer, front to back, and places the commas.
///
/// Payloads and results go in as the bytes they are; nothing is encoded twice.
struct JSONWriter {
    private(set) var buffer: ByteBuffer
    private var needsComma = false

    init(capacity: Int = 256) { buffer = ByteBufferAllocator().buffer(capacity: capacity) }

    /// An object, its members written by `body`.
    mutating func object(_ body: (inout JSONWriter) -> Void) {
        open(UInt8(ascii: "{"))
        body(&self)
        close(UInt8(ascii: "}"))
    }

    /// An array, its elements written by `body`.
    mutating func array(_ body: (inout JSONWriter) -> Void) {
        open(UInt8(ascii: "["))
        body(&self)
        close(UInt8(ascii: "]"))
    }

    /// The name of the member that is written next.
    mutating func key(_ name: String) {
        quote(name, isKey: true)
        needsComma = false
    }

    mutating func string(_ text: String) { quote(text, isKey: false) }

    mutating func int(_ number: some BinaryInteger) {
        guard let number = Int(exactly: number) else { return raw(String(number).utf8) }
        put(upTo: 20) { bytes in Self.write(number, bytes) }
    }

    mutating func bool(_ flag: Bool) { if flag { literal("true") } else { literal("false") } }

    mutating func null() { literal("null") }

    /// JSON written by somebody else, byte for byte.
    mutating func raw(_ json: some Sequence<UInt8>) {
        comma()
        buffer.writeBytes(json)
    }

    /// What is written, as text.
    var text: String { String(buffer: buffer) }

    private mutating func open(_ bracket: UInt8) {
        comma()
        buffer.writeInteger(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        buffer.writeInteger(bracket)
        needsComma = true
    }

    private mutating func comma() {
        if needsComma { buffer.writeInteger(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func literal(_ word: StaticString) {
        comma()
        buffer.writeStaticString(word)
    }

    /// Writes at most so many bytes, behind the comma that may be due: one step into the buffer, where a step for each
    /// of a value's parts would cost more than the value.
    @inline(__always)
    private mutating func put(upTo most: Int, _ body: (UnsafeMutableRawBufferPointer) -> Int) {
        let isNext = needsComma
        needsComma = true
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: most + 1) { bytes in
            guard isNext else { return body(bytes) }
            bytes[0] = UInt8(ascii: ",")
            return 1 + body(UnsafeMutableRawBufferPointer(rebasing: bytes[1...]))
        }
    }

    private mutating func quote(_ text: String, isKey: Bool) {
        var text = text
        text.withUTF8 { text in
            // What may take six times its room is given that only when it is short.
            guard text.count <= 512 else { return quote(long: text) }
            put(upTo: 6 * text.count + 3) { Self.write(text, $0) }
        }
        if isKey { buffer.writeInteger(UInt8(ascii: ":")) }
    }

    /// Copies runs that need no escape whole.
    private mutating func quote(long text: UnsafeBufferPointer<UInt8>) {
        comma()
        buffer.writeInteger(UInt8(ascii: "\""))
        var start = 0
        for (index, byte) in text.enumerated() where Self.needsEscape(byte) {
            buffer.writeBytes(text[start..<index])
            start = index + 1
            buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 6) { Self.escape(byte, $0, at: 0) }
        }
        buffer.writeBytes(text[start...])
        buffer.writeInteger(UInt8(ascii: "\""))
    }
}

extension JSONWriter {
    @inline(__always)
    private static func needsEscape(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x22 || byte == 0x5C }

    /// A short string with its quotation marks.
    private static func write(_ text: UnsafeBufferPointer<UInt8>, _ bytes: UnsafeMutableRawBufferPointer) -> Int {
        bytes[0] = UInt8(ascii: "\"")
        var end = 1
        for byte in text {
            if needsEscape(byte) {
                end += escape(byte, bytes, at: end)
            } else {
                bytes[end] = byte
                end += 1
            }
        }
        bytes[end] = UInt8(ascii: "\"")
        return end + 1
    }

    private static func write(_ number: Int, _ bytes: UnsafeMutableRawBufferPointer) -> Int {
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
