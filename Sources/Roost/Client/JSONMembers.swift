import FoundationEssentials
import RoostJobs

/// Builds a JSON object from what was typed. Payloads go in as the bytes they are.
struct JSONMembers {
    private var members: [[UInt8]] = []

    var isEmpty: Bool { members.isEmpty }

    /// The object.
    var bytes: [UInt8] { Array("{".utf8) + Array(members.joined(separator: [UInt8(ascii: ",")])) + Array("}".utf8) }

    mutating func add(_ key: String, _ text: String?) {
        if let text { add(key, json: Self.quoted(text)) }
    }

    mutating func add(_ key: String, _ number: Int?) {
        if let number { add(key, json: Array(String(number).utf8)) }
    }

    mutating func add(_ key: String, _ flag: Bool?) {
        if let flag { add(key, json: Array(String(flag).utf8)) }
    }

    /// A number of seconds; what JSON has no word for is refused.
    mutating func add(_ key: String, seconds: Double?) throws(Failure) {
        guard let seconds else { return }
        guard seconds.isFinite else { throw Failure(.usage, "\(key): not a number of seconds") }
        add(key, json: Array("\(seconds)".utf8))
    }

    mutating func add(_ key: String, _ texts: [String]) {
        guard !texts.isEmpty else { return }
        let list = texts.map(Self.quoted).joined(separator: [UInt8(ascii: ",")])
        add(key, json: Array("[".utf8) + Array(list) + Array("]".utf8))
    }

    mutating func add(_ key: String, _ object: JSONMembers) {
        if !object.isEmpty { add(key, json: object.bytes) }
    }

    /// A member that is JSON already.
    mutating func add(_ key: String, json: [UInt8]?) {
        if let json { members.append(Self.quoted(key) + [UInt8(ascii: ":")] + json) }
    }

    private static func quoted(_ text: String) -> [UInt8] {
        Array((try? JSONEncoder().encode(text)) ?? Data("\"\"".utf8))
    }
}
