import RoostTestKit

/// Any JSON value that `Codable` can carry, as a type that writes and reads itself in all the ways there are.
indirect enum AnyJSON: Codable, Hashable {
    case null
    case bool(Bool)
    case integer(Int)
    case unsigned(UInt64)
    case number(Double)
    case text(String)
    case array([AnyJSON])
    case object([String: AnyJSON])

    init(from decoder: any Decoder) throws {
        if let container = try? decoder.container(keyedBy: Key.self) {
            var members: [String: AnyJSON] = [:]
            for key in container.allKeys { members[key.stringValue] = try container.decode(AnyJSON.self, forKey: key) }
            self = .object(members)
        } else if var container = try? decoder.unkeyedContainer() {
            var elements: [AnyJSON] = []
            while !container.isAtEnd { elements.append(try container.decode(AnyJSON.self)) }
            self = .array(elements)
        } else {
            self = try Self.scalar(try decoder.singleValueContainer())
        }
    }

    private static func scalar(_ container: any SingleValueDecodingContainer) throws -> AnyJSON {
        if container.decodeNil() { return .null }
        if let value = try? container.decode(Bool.self) { return .bool(value) }
        if let value = try? container.decode(Int.self) { return .integer(value) }
        if let value = try? container.decode(UInt64.self) { return .unsigned(value) }
        if let value = try? container.decode(Double.self) { return .number(value) }
        return .text(try container.decode(String.self))
    }

    func encode(to encoder: any Encoder) throws {
        switch self {
        case .object(let members):
            var container = encoder.container(keyedBy: Key.self)
            for (key, value) in members { try container.encode(value, forKey: Key(stringValue: key)) }
        case .array(let elements):
            var container = encoder.unkeyedContainer()
            for element in elements { try container.encode(element) }
        default:
            var container = encoder.singleValueContainer()
            try encodeScalar(&container)
        }
    }

    private func encodeScalar(_ container: inout any SingleValueEncodingContainer) throws {
        switch self {
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .unsigned(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .text(let value): try container.encode(value)
        default: try container.encodeNil()
        }
    }

    struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}

extension AnyJSON {
    /// With all numbers as doubles.
    var roughly: AnyJSON {
        switch self {
        case .integer(let value): .number(Double(value))
        case .unsigned(let value): .number(Double(value))
        case .array(let elements): .array(elements.map(\.roughly))
        case .object(let members): .object(members.mapValues(\.roughly))
        default: self
        }
    }

    static func random(_ generator: inout SeededGenerator, depth: Int = 3) -> AnyJSON {
        switch Int.random(in: depth > 0 ? 0...9 : 0...6, using: &generator) {
        case 0: return .null
        case 1: return .bool(.random(using: &generator))
        case 2:
            return .integer(.random(in: .min ... .max, using: &generator) >> Int.random(in: 0...63, using: &generator))
        case 3: return .unsigned(.random(in: UInt64(Int.max) + 1 ... .max, using: &generator))
        case 4: return .number(fraction(&generator))
        case 5, 6: return .text(text(&generator))
        case 7:
            let count = Int.random(in: 0...6, using: &generator)
            return .array((0..<count).map { _ in random(&generator, depth: depth - 1) })
        default:
            var members: [String: AnyJSON] = [:]
            for _ in 0..<Int.random(in: 0...24, using: &generator) {
                members[text(&generator)] = random(&generator, depth: depth - 1)
            }
            return .object(members)
        }
    }

    static func text(_ generator: inout SeededGenerator) -> String {
        let pieces = [
            "a", "key", "\"", "\\", "/", "\n", "\u{0}", "\u{1F}", "\u{7F}", "é", "\u{FFFF}", "😀", "𝄞", "\u{2028}",
        ]
        return (0..<Int.random(in: 0...8, using: &generator)).map { _ in
            pieces.randomElement(using: &generator) ?? ""
        }.joined()
    }

    /// Never an integer: that would come back as one.
    static func fraction(_ generator: inout SeededGenerator) -> Double {
        let number = Double(bitPattern: .random(in: 0 ... .max, using: &generator))
        return number.isFinite && Int(exactly: number) == nil && UInt64(exactly: number) == nil ? number : 0.5
    }
}
