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
        string(name)
        buffer.writeInteger(UInt8(ascii: ":"))
        needsComma = false
    }

    mutating func string(_ text: String) {
        comma()
        buffer.writeInteger(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { escape($0) }
        buffer.writeInteger(UInt8(ascii: "\""))
    }

    mutating func int(_ number: some BinaryInteger) { raw(String(number).utf8) }

    mutating func bool(_ flag: Bool) { raw((flag ? "true" : "false").utf8) }

    mutating func null() { raw("null".utf8) }

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

    /// Copies runs that need no escape whole.
    private mutating func escape(_ text: UnsafeBufferPointer<UInt8>) {
        var start = 0
        for (index, byte) in text.enumerated() where byte < 0x20 || byte == 0x22 || byte == 0x5C {
            buffer.writeBytes(text[start..<index])
            start = index + 1
            switch byte {
            case 0x22: buffer.writeStaticString("\\\"")
            case 0x5C: buffer.writeStaticString("\\\\")
            case 0x0A: buffer.writeStaticString("\\n")
            case 0x0D: buffer.writeStaticString("\\r")
            case 0x09: buffer.writeStaticString("\\t")
            default:
                buffer.writeStaticString("\\u00")
                buffer.writeBytes([Self.hex[Int(byte >> 4)], Self.hex[Int(byte & 15)]])
            }
        }
        buffer.writeBytes(text[start...])
    }

    private static let hex = Array("0123456789abcdef".utf8)
}
