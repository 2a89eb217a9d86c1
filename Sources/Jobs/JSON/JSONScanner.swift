/// One pass over JSON bytes that checks everything and builds nothing.
///
/// Payloads are checked here once, at the door, and travel on as the bytes they are. Stricter than RFC 8259 where
/// readers disagree: duplicate keys, lone surrogates, NUL characters, a byte order mark and more than `maximumDepth`
/// levels are refused. A recursive `Codable` value would take seconds for 20 KB of nesting; this is linear.
public struct JSONScanner {
    let bytes: UnsafeBufferPointer<UInt8>
    private let maximumDepth: Int
    private let start: Int
    private var index: Int
    /// The keys that the objects under way have had, the innermost's last: in one array, because most objects are small.
    var keys: [Range<Int>] = []

    private init(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
        self.start = start
        index = start
    }

    /// Checks that `bytes` are one JSON value and nothing else.
    @discardableResult
    public static func validate(
        _ bytes: [UInt8], maximumDepth: Int = JobLimits.depth
    ) throws(JSONFault) -> JSONKind {
        try scan(bytes, maximumDepth: maximumDepth) { scanner throws(JSONFault) in
            try scanner.value(depth: 0, collect: nil)
        }
    }

    /// Checks `bytes`, or those at `range`, and returns the members of the object they must be. Faults are counted from
    /// where the range begins.
    public static func parseObject(
        _ bytes: [UInt8], in range: Range<Int>? = nil, maximumDepth: Int = JobLimits.depth
    ) throws(JSONFault) -> JSONObject {
        var members: [JSONMember] = []
        let kind = try scan(bytes, in: range, maximumDepth: maximumDepth) { scanner throws(JSONFault) in
            try scanner.value(depth: 0) { members.append($0) }
        }
        guard kind == .object else { throw JSONFault("expected an object", at: 0) }
        return JSONObject(source: bytes, ranges: members)
    }

    /// Checks `bytes` and returns the elements of the array they must be, the first `limit` of them: all are checked.
    public static func parseArray(
        _ bytes: [UInt8], maximumDepth: Int = JobLimits.depth, limit: Int = .max
    ) throws(JSONFault) -> [JSONSlice] {
        var elements: [JSONSlice] = []
        let kind = try scan(bytes, maximumDepth: maximumDepth) { scanner throws(JSONFault) in
            try scanner.value(depth: 0) { element in
                guard elements.count < limit else { return }
                elements.append(JSONSlice(source: bytes, range: element.value, kind: element.kind))
            }
        }
        guard kind == .array else { throw JSONFault("expected an array", at: 0) }
        return elements
    }

    static func scan(
        _ bytes: [UInt8], in range: Range<Int>? = nil, maximumDepth: Int,
        _ body: (inout JSONScanner) throws(JSONFault) -> JSONKind
    ) throws(JSONFault) -> JSONKind {
        let range = (range ?? bytes.indices).clamped(to: bytes.indices)
        let result: Result<JSONKind, JSONFault> = bytes.withUnsafeBufferPointer { buffer in
            let buffer = UnsafeBufferPointer(rebasing: buffer[..<range.upperBound])
            var scanner = JSONScanner(buffer, from: range.lowerBound, maximumDepth: maximumDepth)
            do throws(JSONFault) {
                let kind = try body(&scanner)
                scanner.skipSpace()
                guard scanner.index == buffer.count else { throw scanner.fault("unexpected bytes after the value") }
                return .success(kind)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private func fault(_ message: String) -> JSONFault { JSONFault(message, at: index - start) }

    private var byte: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipSpace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x0A, 0x0D, 0x09: index += 1
            default: return
            }
        }
    }

    /// Passes over a value. `collect` hears of its members or elements, `inner` of those of its elements.
    mutating func value(
        depth: Int, collect: ((JSONMember) -> Void)?, inner: ((JSONMember) -> Void)? = nil
    ) throws(JSONFault) -> JSONKind {
        skipSpace()
        switch byte {
        case UInt8(ascii: "{"):
            try object(depth: depth + 1, collect: collect)
            return .object
        case UInt8(ascii: "["):
            try array(depth: depth + 1, collect: collect, inner: inner)
            return .array
        case UInt8(ascii: "\""):
            _ = try string()
            return .string
        case UInt8(ascii: "t"):
            try literal("true")
            return .bool
        case UInt8(ascii: "f"):
            try literal("false")
            return .bool
        case UInt8(ascii: "n"):
            try literal("null")
            return .null
        case .some(UInt8(ascii: "-")), .some(0x30...0x39):
            try number()
            return .number
        case nil: throw fault("unexpected end")
        default: throw fault("unexpected byte")
        }
    }

    private mutating func object(depth: Int, collect: ((JSONMember) -> Void)?) throws(JSONFault) {
        guard depth <= maximumDepth else { throw fault("nested deeper than \(maximumDepth) levels") }
        index += 1
        skipSpace()
        if byte == UInt8(ascii: "}") {
            index += 1
            return
        }
        let outer = keys.count
        defer { keys.removeSubrange(outer...) }
        var many: JSONKeySet?
        while true {
            skipSpace()
            guard byte == UInt8(ascii: "\"") else { throw fault("expected a key") }
            let first = index
            let escaped = try string()
            guard isNew(first + 1..<index - 1, escaped: escaped, behind: outer, &many) else {
                throw JSONFault("duplicate key", at: first - start)
            }
            let key = first..<index
            skipSpace()
            guard byte == UInt8(ascii: ":") else { throw fault("expected a colon") }
            index += 1
            skipSpace()
            let begin = index
            let kind = try value(depth: depth, collect: nil)
            collect?(JSONMember(key: key, value: begin..<index, kind: kind, isEscaped: escaped))
            skipSpace()
            switch byte {
            case UInt8(ascii: ","): index += 1
            case UInt8(ascii: "}"):
                index += 1
                return
            default: throw fault("expected a comma or the object's end")
            }
        }
    }

    private mutating func array(
        depth: Int, collect: ((JSONMember) -> Void)?, inner: ((JSONMember) -> Void)?
    ) throws(JSONFault) {
        guard depth <= maximumDepth else { throw fault("nested deeper than \(maximumDepth) levels") }
        index += 1
        skipSpace()
        if byte == UInt8(ascii: "]") {
            index += 1
            return
        }
        while true {
            skipSpace()
            let first = index
            let kind = try value(depth: depth, collect: inner)
            collect?(JSONMember(key: first..<first, value: first..<index, kind: kind, isEscaped: false))
            skipSpace()
            switch byte {
            case UInt8(ascii: ","): index += 1
            case UInt8(ascii: "]"):
                index += 1
                return
            default: throw fault("expected a comma or the array's end")
            }
        }
    }

    private mutating func literal(_ word: StaticString) throws(JSONFault) {
        for offset in 0..<word.utf8CodeUnitCount {
            guard byte == word.utf8Start[offset] else { throw fault("unexpected byte") }
            index += 1
        }
    }

    private mutating func number() throws(JSONFault) {
        let first = index
        if byte == UInt8(ascii: "-") { index += 1 }
        if byte == UInt8(ascii: "0") { index += 1 } else { try digits() }
        let isWhole = byte != UInt8(ascii: ".") && byte != UInt8(ascii: "e") && byte != UInt8(ascii: "E")
        // Nobody disagrees about these.
        if isWhole, index - first <= 15 { return }
        if byte == UInt8(ascii: ".") {
            index += 1
            try digits()
        }
        if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
            index += 1
            if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { index += 1 }
            try digits()
        }
        // Longer than any exact number: readers would disagree about it, and 1e400 is no number to most.
        guard index - first <= 400 else { throw JSONFault("number too long", at: first - start) }
        guard let double = Double(String(decoding: bytes[first..<index], as: UTF8.self)), double.isFinite else {
            throw JSONFault("number out of range", at: first - start)
        }
    }

    private mutating func digits() throws(JSONFault) {
        let first = index
        while let digit = byte, (0x30...0x39).contains(digit) { index += 1 }
        guard index > first else { throw fault("expected a digit") }
    }

    /// Passes over a string; returns whether it has escapes.
    private mutating func string() throws(JSONFault) -> Bool {
        index += 1
        var escaped = false
        while index < bytes.count {
            let next = bytes[index]
            switch next {
            case UInt8(ascii: "\""):
                index += 1
                return escaped
            case UInt8(ascii: "\\"):
                escaped = true
                try escape()
            case 0..<0x20: throw fault("control character in a string")
            case 0x20..<0x80: index += 1
            default: try multibyte()
            }
        }
        throw fault("unexpected end")
    }

    private mutating func escape() throws(JSONFault) {
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            index += 1
        case UInt8(ascii: "u"):
            index += 1
            let unit = try hex4()
            if unit == 0 { throw fault("NUL in a string") }
            if (0xDC00...0xDFFF).contains(unit) { throw fault("lone surrogate") }
            guard (0xD800...0xDBFF).contains(unit) else { return }
            guard byte == UInt8(ascii: "\\") else { throw fault("lone surrogate") }
            index += 1
            guard byte == UInt8(ascii: "u") else { throw fault("lone surrogate") }
            index += 1
            guard (0xDC00...0xDFFF).contains(try hex4()) else { throw fault("lone surrogate") }
        default: throw fault("unknown escape")
        }
    }

    private mutating func hex4() throws(JSONFault) -> Int {
        var unit = 0
        for _ in 0..<4 {
            guard let digit = byte.flatMap({ Character(UnicodeScalar($0)).hexDigitValue }) else {
                throw fault("expected a hexadecimal digit")
            }
            unit = unit << 4 | digit
            index += 1
        }
        return unit
    }

    /// One UTF-8 sequence of two to four bytes, as the table of well-formed sequences (Unicode 3.9, D92) has them.
    private mutating func multibyte() throws(JSONFault) {
        let lead = bytes[index]
        let (count, second): (Int, ClosedRange<UInt8>)
        switch lead {
        case 0xC2...0xDF: (count, second) = (2, 0x80...0xBF)
        case 0xE0: (count, second) = (3, 0xA0...0xBF)
        case 0xED: (count, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (count, second) = (3, 0x80...0xBF)
        case 0xF0: (count, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (count, second) = (4, 0x80...0xBF)
        case 0xF4: (count, second) = (4, 0x80...0x8F)
        default: throw fault("invalid UTF-8")
        }
        guard index + count <= bytes.count, second.contains(bytes[index + 1]),
            bytes[(index + 2)..<(index + count)].allSatisfy({ (0x80...0xBF).contains($0) })
        else { throw fault("invalid UTF-8") }
        index += count
    }
}
