import NIOCore
import RoostJobs

/// Writes one JSON document front to back, and places the commas.
///
/// Payloads and results go in as the bytes they are; nothing is encoded twice. What is written gathers on a page of plain
/// memory and goes into a buffer of the network by the page: a step into that for each value would cost more than the value.
struct JSONWriter {
    private var page: [UInt8]
    /// How much of the page is written.
    private var end = 0
    /// Full pages.
    private var pages: ByteBuffer?
    /// How much is likely to be written.
    private let capacity: Int
    private var needsComma = false

    private static let pageSize = 16 << 10
    /// As much of a text goes at once as fits a page however it is written.
    private static let longestPiece = 512

    init(capacity: Int = 256) {
        self.capacity = max(64, capacity)
        page = [UInt8](repeating: 0, count: min(self.capacity, Self.pageSize))
    }

    /// What is written.
    var buffer: ByteBuffer {
        guard var all = pages else {
            return page.withUnsafeBytes { ByteBuffer(bytes: UnsafeRawBufferPointer(rebasing: $0[..<end])) }
        }
        page.withUnsafeBytes { bytes in _ = all.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[..<end])) }
        return all
    }

    /// What is written, out of the writer: a long document is not copied then.
    mutating func finish() -> ByteBuffer {
        guard pages != nil else { return buffer }
        turn()
        defer { pages = nil }
        return pages ?? ByteBuffer()
    }

    /// What is written, as text.
    var text: String { String(buffer: buffer) }

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
        guard let number = Int(exactly: number) else { return raw(Array(String(number).utf8)) }
        put(upTo: 20) { JSONText.write(number, $0) }
    }

    mutating func bool(_ flag: Bool) { if flag { literal("true") } else { literal("false") } }

    mutating func null() { literal("null") }

    /// JSON written by somebody else, byte for byte.
    mutating func raw(_ json: [UInt8]) {
        guard json.count >= Self.pageSize / 4 else {
            return put(upTo: json.count) { bytes in
                bytes.copyBytes(from: json)
                return json.count
            }
        }
        put(upTo: 0) { _ in 0 }
        turn()
        pages?.writeBytes(json)
    }

    /// JSON in parts that need no escape, with a number and an id between them.
    mutating func put(
        _ head: StaticString, _ number: Int, _ middle: StaticString, _ id: JobID, _ tail: StaticString
    ) {
        let most = head.utf8CodeUnitCount + 20 + middle.utf8CodeUnitCount + 26 + tail.utf8CodeUnitCount
        put(upTo: most) { bytes in
            var end = JSONText.copy(head, bytes, at: 0)
            end += JSONText.write(number, UnsafeMutableRawBufferPointer(rebasing: bytes[end...]))
            end = JSONText.copy(middle, bytes, at: end)
            id.write(to: UnsafeMutableRawBufferPointer(rebasing: bytes[end..<(end + 26)]).bindMemory(to: UInt8.self))
            return JSONText.copy(tail, bytes, at: end + 26)
        }
    }

    private mutating func open(_ bracket: UInt8) {
        put(upTo: 1) { bytes in
            bytes[0] = bracket
            return 1
        }
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        needsComma = false
        put(upTo: 1) { bytes in
            bytes[0] = bracket
            return 1
        }
    }

    private mutating func literal(_ word: StaticString) {
        put(upTo: word.utf8CodeUnitCount) { JSONText.copy(word, $0, at: 0) }
    }

    private mutating func quote(_ text: String, isKey: Bool) {
        var text = text
        text.withUTF8 { text in
            guard text.count <= Self.longestPiece else { return quote(long: text, isKey: isKey) }
            put(upTo: 6 * text.count + 3) { bytes in
                bytes[0] = UInt8(ascii: "\"")
                var end = JSONText.escape(text, bytes, at: 1)
                bytes[end] = UInt8(ascii: "\"")
                end += 1
                if isKey {
                    bytes[end] = UInt8(ascii: ":")
                    end += 1
                }
                return end
            }
        }
    }

    private mutating func quote(long text: UnsafeBufferPointer<UInt8>, isKey: Bool) {
        open(UInt8(ascii: "\""))
        var start = 0
        while start < text.count {
            let next = min(text.count, start + Self.longestPiece)
            let piece = UnsafeBufferPointer(rebasing: text[start..<next])
            needsComma = false
            put(upTo: 6 * piece.count) { JSONText.escape(piece, $0, at: 0) }
            start = next
        }
        close(UInt8(ascii: "\""))
        guard isKey else { return }
        close(UInt8(ascii: ":"))
    }

    /// Writes at most so many bytes, a page at most, behind the comma that may be due.
    @inline(__always)
    private mutating func put(upTo most: Int, _ body: (UnsafeMutableRawBufferPointer) -> Int) {
        if page.count - end <= most { makeRoom(most + 1) }
        let start = end
        let comma = needsComma
        needsComma = true
        end += page.withUnsafeMutableBytes { bytes in
            guard comma else { return body(UnsafeMutableRawBufferPointer(rebasing: bytes[start...])) }
            bytes[start] = UInt8(ascii: ",")
            return 1 + body(UnsafeMutableRawBufferPointer(rebasing: bytes[(start + 1)...]))
        }
    }

    /// Sees that the page has room for so many bytes.
    private mutating func makeRoom(_ count: Int) {
        if end + count > Self.pageSize, end > 0 { turn() }
        guard page.count - end < count else { return }
        let size = max(end + count, min(2 * page.count, Self.pageSize))
        page.append(contentsOf: repeatElement(0, count: size - page.count))
    }

    /// Moves the page's bytes to those before.
    private mutating func turn() {
        if pages == nil { pages = ByteBufferAllocator().buffer(capacity: max(capacity, 2 * end)) }
        page.withUnsafeBytes { bytes in _ = pages?.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[..<end])) }
        end = 0
    }
}
