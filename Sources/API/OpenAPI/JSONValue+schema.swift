import RoostJobs

/// JSON Schema (2020-12), as OpenAPI 3.1 has it.
extension JSONValue {
    static func ref(_ name: String) -> JSONValue { ["$ref": .string("#/components/schemas/\(name)")] }

    static let jobID: JSONValue = [
        "type": "string", "pattern": "^[0-7][0-9A-HJKMNP-TV-Z]{25}$", "description": "A ULID",
    ]
    static let name: JSONValue = .text(pattern: "^[A-Za-z0-9_./@:-]{1,100}$")
    /// A name, or nothing for any.
    static let filter: JSONValue = .text(pattern: "^[A-Za-z0-9_./@:-]{0,100}$")
    /// A moment in a request: from 1970 on.
    static let time: JSONValue = [
        "type": "string", "format": "date-time", "pattern": "^(19[7-9][0-9]|[2-9][0-9]{3})-",
    ]
    static let moment: JSONValue = ["type": "string", "format": "date-time"]
    static let text: JSONValue = ["type": "string"]
    static let flag: JSONValue = ["type": "boolean"]
    static let count: JSONValue = ["type": "integer", "minimum": 0]
    static let anything: JSONValue = [:]
    static let state: JSONValue = .words(JobState.allCases.map(\.rawValue))

    static func text(pattern: String) -> JSONValue { ["type": "string", "pattern": .string(pattern)] }

    static func words(_ words: [String]) -> JSONValue { ["type": "string", "enum": .array(words.map { .string($0) })] }

    static func whole(_ range: ClosedRange<Int>) -> JSONValue {
        ["type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)]
    }

    /// A number of seconds.
    static func seconds(from minimum: Double = 0) -> JSONValue {
        [
            "type": "number", "minimum": .number(minimum), "maximum": .number(JobLimits.longest.inSeconds),
            "description": "Seconds",
        ]
    }

    static func list(_ element: JSONValue, most: Int? = nil) -> JSONValue {
        var members: [(key: String, value: JSONValue)] = [("type", "array"), ("items", element)]
        if let most { members.append(("maxItems", .integer(most))) }
        return .object(members)
    }

    /// The schema, or null.
    static func optional(_ schema: JSONValue) -> JSONValue { ["anyOf": [schema, ["type": "null"]]] }

    /// An object of which nothing else is known than these members; those with a `!` are always there.
    static func reply(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue { object(members, isOpen: true) }

    /// An object with these members and no others; null stands for one that is not given. Those with a `!` must be.
    static func envelope(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue { object(members, isOpen: false) }

    private static func object(_ members: KeyValuePairs<String, JSONValue>, isOpen: Bool) -> JSONValue {
        var properties: [(key: String, value: JSONValue)] = []
        var required: [JSONValue] = []
        for (name, schema) in members {
            let key = name.hasSuffix("!") ? String(name.dropLast()) : name
            if name != key { required.append(.string(key)) }
            properties.append((key, isOpen || name != key ? schema : .optional(schema)))
        }
        var schema: [(key: String, value: JSONValue)] = [("type", "object"), ("properties", .object(properties))]
        if !required.isEmpty { schema.append(("required", .array(required))) }
        if !isOpen { schema.append(("additionalProperties", false)) }
        return .object(schema)
    }

    /// With not more than one of each pair.
    func without(both pairs: [(String, String)]) -> JSONValue {
        let rules: [JSONValue] = pairs.map { one, other in
            ["not": ["required": [.string(one), .string(other)]]]
        }
        return with([("allOf", .array(rules))])
    }
}
