/// Where one member of an object stands in its source.
struct JSONMember: Sendable {
    let key: Range<Int>
    let value: Range<Int>
    let kind: JSONKind
    /// Whether the key has escapes.
    let isEscaped: Bool
}

/// The members of a checked JSON object, as slices of its source.
public struct JSONObject: Sendable {
    let source: [UInt8]
    let ranges: [JSONMember]

    /// The members in the order they were written.
    public var members: [(key: String, value: JSONSlice)] { ranges.map(member) }

    /// How many members it has.
    public var count: Int { ranges.count }

    /// The member that was written at that place, from 0.
    public subscript(at index: Int) -> (key: String, value: JSONSlice) { member(ranges[index]) }

    /// The member of that name.
    public subscript(name: String) -> JSONSlice? {
        // By bytes: two spellings of one character are two keys.
        for member in ranges where key(member).utf8.elementsEqual(name.utf8) {
            return JSONSlice(source: source, range: member.value, kind: member.kind)
        }
        return nil
    }

    private func member(_ member: JSONMember) -> (key: String, value: JSONSlice) {
        (key(member), JSONSlice(source: source, range: member.value, kind: member.kind))
    }

    private func key(_ member: JSONMember) -> String {
        let inside = source[member.key].dropFirst().dropLast()
        return String(decoding: member.isEscaped ? JSONString.decode(inside)[...] : inside, as: UTF8.self)
    }
}

/// A value inside checked JSON, still as its bytes.
public struct JSONSlice: Sendable {
    let source: [UInt8]
    let range: Range<Int>
    /// What it is.
    public let kind: JSONKind

    /// How many bytes it has.
    public var count: Int { range.count }

    /// The value's bytes exactly as they were written.
    public var bytes: [UInt8] { Array(source[range]) }

    /// The text, if it is a string.
    public var string: String? {
        guard kind == .string else { return nil }
        let inside = source[range].dropFirst().dropLast()
        let isEscaped = inside.contains(UInt8(ascii: "\\"))
        return String(decoding: isEscaped ? JSONString.decode(inside)[...] : inside, as: UTF8.self)
    }

    /// The number, if it is one without a fraction that an `Int` holds.
    public var int: Int? {
        guard kind == .number else { return nil }
        let text = String(decoding: source[range], as: UTF8.self)
        return Int(text) ?? JSONInteger.exact(text)
    }

    /// The number as binary floating point, if it is one.
    public var double: Double? { kind == .number ? Double(String(decoding: source[range], as: UTF8.self)) : nil }

    /// Whether it is `true` or `false`.
    public var bool: Bool? { kind == .bool ? source[range.lowerBound] == UInt8(ascii: "t") : nil }

    /// The members, if it is an object. The source was checked when it was parsed, so this finds no fault.
    public var object: JSONObject? {
        guard kind == .object else { return nil }
        return try? JSONScanner.parseObject(bytes, maximumDepth: .max)
    }
}
