/// Checks a whole JSON text in one pass and notes where its values are.
///
/// Strict where readers disagree: no key twice in an object, UTF-8 without a byte order mark, no lone surrogates, no raw control characters.
struct JSONIndexer {
    let bytes: UnsafeBufferPointer<UInt8>
    private let maximumDepth: Int
    private(set) var nodes: [JSONNode] = []
    private var depth = 0
    var index = 0

    private init(_ bytes: UnsafeBufferPointer<UInt8>, maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
        nodes.reserveCapacity(bytes.count / 6 + 8)
    }

    /// The nodes of a text: node 0 is a null that is nowhere in it, node 1 the whole.
    static func index(_ bytes: [UInt8], maximumDepth: Int) throws(JSONFault) -> [JSONNode] {
        guard bytes.count <= Frame.hardLimit else { throw JSONFault() }
        let result: Result<[JSONNode], JSONFault> = bytes.withUnsafeBufferPointer { bytes in
            var indexer = JSONIndexer(bytes, maximumDepth: maximumDepth)
            do throws(JSONFault) {
                indexer.note(.null, 0, 0)
                try indexer.value()
                indexer.skipSpace()
                return indexer.index == bytes.count ? .success(indexer.nodes) : .failure(JSONFault())
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// The next byte; at the end one that is nowhere allowed.
    var byte: UInt8 { index < bytes.count ? bytes[index] : 0 }

    private mutating func note(_ kind: JSONNode.Kind, _ start: Int, _ end: Int) {
        nodes.append(
            JSONNode(
                kind: kind, start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: end),
                link: UInt32(truncatingIfNeeded: nodes.count + 1)))
    }

    private mutating func skipSpace() {
        while byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
    }

    private mutating func value() throws(JSONFault) {
        skipSpace()
        let start = index
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "["): try container(isObject: byte == UInt8(ascii: "{"))
        case UInt8(ascii: "\""): try text(.text, .escapedText)
        case UInt8(ascii: "-"), 0x30...0x39:
            let isInteger = try number()
            note(isInteger ? .integer : .number, start, index)
        case UInt8(ascii: "t"): try word("true", .yes)
        case UInt8(ascii: "f"): try word("false", .no)
        case UInt8(ascii: "n"): try word("null", .null)
        default: throw JSONFault()
        }
    }

    private mutating func container(isObject: Bool) throws(JSONFault) {
        depth += 1
        guard depth <= maximumDepth else { throw JSONFault() }
        let (node, last) = (nodes.count, isObject ? UInt8(ascii: "}") : UInt8(ascii: "]"))
        note(isObject ? .object : .array, index, 0)
        index += 1
        skipSpace()
        var count = 0
        if byte == last {
            index += 1
        } else {
            while true {
                if isObject { try key(of: node) }
                try value()
                count += 1
                skipSpace()
                let next = byte
                index += 1
                if next == last { break }
                guard next == UInt8(ascii: ",") else { throw JSONFault() }
            }
        }
        depth -= 1
        nodes[node].end = UInt32(truncatingIfNeeded: count)
        nodes[node].link = UInt32(truncatingIfNeeded: nodes.count)
        if isObject, count > 1, repeatsKey(node, count) { throw JSONFault() }
    }

    private mutating func key(of object: Int) throws(JSONFault) {
        skipSpace()
        guard byte == UInt8(ascii: "\"") else { throw JSONFault() }
        let node = nodes.count
        try text(.key, .escapedKey)
        nodes[node].link = UInt32(truncatingIfNeeded: object)
        skipSpace()
        guard byte == UInt8(ascii: ":") else { throw JSONFault() }
        index += 1
    }

    private mutating func text(_ kind: JSONNode.Kind, _ escapedKind: JSONNode.Kind) throws(JSONFault) {
        let start = index + 1
        let isEscaped = try passText()
        note(isEscaped ? escapedKind : kind, start, index - 1)
    }

    private mutating func word(_ word: StaticString, _ kind: JSONNode.Kind) throws(JSONFault) {
        let start = index
        for offset in 0..<word.utf8CodeUnitCount {
            guard byte == word.utf8Start[offset] else { throw JSONFault() }
            index += 1
        }
        note(kind, start, index)
    }

    /// Passes over a number; true when it has neither fraction nor exponent.
    private mutating func number() throws(JSONFault) -> Bool {
        if byte == UInt8(ascii: "-") { index += 1 }
        if byte == 0x30 { index += 1 } else { try digits() }
        var isInteger = true
        if byte == UInt8(ascii: ".") {
            isInteger = false
            index += 1
            try digits()
        }
        if byte | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            index += 1
            if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { index += 1 }
            try digits()
        }
        return isInteger
    }

    private mutating func digits() throws(JSONFault) {
        let start = index
        while byte >= 0x30, byte <= 0x39 { index += 1 }
        guard index > start else { throw JSONFault() }
    }
}
