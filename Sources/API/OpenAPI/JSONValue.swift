/// A JSON document written as Swift literals; members keep their order.
indirect enum JSONValue: Sendable {
    case string(String)
    case integer(Int)
    case number(Double)
    case bool(Bool)
    case null
    case array([JSONValue])
    case object([(key: String, value: JSONValue)])
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    init(stringLiteral value: String) { self = .string(value) }
    init(integerLiteral value: Int) { self = .integer(value) }
    init(floatLiteral value: Double) { self = .number(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(elements.map { ($0.0, $0.1) }) }
}

extension JSONValue {
    /// An object with more members, or with others of the same name.
    func with(_ more: [(key: String, value: JSONValue)]) -> JSONValue {
        guard case .object(let members) = self else { return self }
        let names = Set(more.map(\.key))
        return .object(members.filter { !names.contains($0.key) } + more)
    }

    /// Lines of text for a person.
    func lines(indent: String = "") -> String {
        let inner = indent + "  "
        switch self {
        case .array(let elements) where !elements.isEmpty:
            if elements.allSatisfy({ !$0.isNested }) {
                return "[" + elements.map { $0.lines() }.joined(separator: ", ") + "]"
            }
            return "[\n" + elements.map { inner + $0.lines(indent: inner) }.joined(separator: ",\n") + "\n\(indent)]"
        case .object(let members) where !members.isEmpty:
            let lines = members.map { "\(inner)\"\($0.key)\": \($0.value.lines(indent: inner))" }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
        default:
            var json = JSONWriter()
            json.write(self)
            return json.text
        }
    }

    private var isNested: Bool {
        switch self {
        case .array, .object: true
        default: false
        }
    }
}

extension JSONWriter {
    mutating func write(_ value: JSONValue) {
        switch value {
        case .string(let text): string(text)
        case .integer(let number): int(number)
        case .number(let number): raw(Array("\(number)".utf8))
        case .bool(let flag): bool(flag)
        case .null: null()
        case .array(let elements): array { json in for element in elements { json.write(element) } }
        case .object(let members):
            object { json in
                for (key, value) in members {
                    json.key(key)
                    json.write(value)
                }
            }
        }
    }
}
