import FoundationEssentials
import RoostJobs

/// Puts a JSON object together from members; what is JSON already goes in as the bytes it is.
struct JSONBytes {
    private var members: [UInt8] = []

    /// The object.
    var object: [UInt8] { [UInt8(ascii: "{")] + members + [UInt8(ascii: "}")] }

    mutating func add(_ key: StaticString, json: [UInt8]) {
        if !members.isEmpty { members.append(UInt8(ascii: ",")) }
        members += Array("\"\(key)\":".utf8) + json
    }

    /// A string; nil is left out.
    mutating func add(_ key: StaticString, _ text: String?) {
        if let text { add(key, json: Self.quoted(text)) }
    }

    mutating func add(_ key: StaticString, _ number: Int) { add(key, json: Array(String(number).utf8)) }

    mutating func add(_ key: StaticString, _ flag: Bool) { add(key, json: Array(String(flag).utf8)) }

    /// A moment; nil is left out.
    mutating func add(_ key: StaticString, _ moment: Timestamp?) { add(key, moment?.rfc3339) }

    mutating func add(_ key: StaticString, _ texts: [String]) {
        let list = texts.map(Self.quoted).joined(separator: [UInt8(ascii: ",")])
        add(key, json: [UInt8(ascii: "[")] + list + [UInt8(ascii: "]")])
    }

    private static func quoted(_ text: String) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return (try? encoder.encode(text)).map { Array($0) } ?? [UInt8(ascii: "\""), UInt8(ascii: "\"")]
    }
}
