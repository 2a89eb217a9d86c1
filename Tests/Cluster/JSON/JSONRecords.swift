import FoundationEssentials
import RoostTestKit

/// What Swift programs send: every type `Codable` knows, optionals, nesting, enums with payloads, dictionaries.
struct JSONRecord: Codable, Hashable {
    enum Shape: Codable, Hashable {
        case point
        case circle(radius: Double)
        case box(Int, label: String?)
    }

    enum Level: String, Codable { case low, high }

    struct Inner: Codable, Hashable {
        var id: UInt16
        var level: Level?
        var tags: [String]
    }

    var yes: Bool
    var tiny: Int8
    var small: Int16
    var medium: Int32
    var large: Int64
    var word: UInt
    var byte: UInt8
    var unsigned: UInt32
    var huge: UInt64
    var vast: Int128
    var float: Float
    var double: Double
    var text: String
    var absent: String?
    var data: Data
    var date: Date
    var id: UUID
    var shapes: [Shape]
    var inner: [Inner]
    var matrix: [[Int]]
    var gaps: [Int?]
    var names: [String: Inner]
    var numbers: [Int: Double]
    var levels: [Level: Int]
    var bytes: [UInt8]
    var fractions: [Double]

    init(_ generator: inout SeededGenerator) {
        func some<Value: FixedWidthInteger>(_: Value.Type) -> Value {
            switch Int.random(in: 0...3, using: &generator) {
            case 0: .min
            case 1: .max
            default: .random(in: .min ... .max, using: &generator)
            }
        }
        func list<Element>(_ element: () -> Element) -> [Element] {
            (0..<Int.random(in: 0...4, using: &generator)).map { _ in element() }
        }
        func maybe<Value>(_ value: Value) -> Value? { Bool.random(using: &generator) ? value : nil }
        func fraction() -> Double { AnyJSON.fraction(&generator) }
        func words() -> String { AnyJSON.text(&generator) }
        func inner() -> Inner { Inner(id: some(UInt16.self), level: maybe(.high), tags: list(words)) }
        yes = .random(using: &generator)
        (tiny, small, medium, large) = (some(Int8.self), some(Int16.self), some(Int32.self), some(Int64.self))
        (word, byte, unsigned, huge) = (some(UInt.self), some(UInt8.self), some(UInt32.self), some(UInt64.self))
        vast = Int128(some(Int64.self))
        float = Float.random(in: -1e9...1e9, using: &generator)
        double = fraction()
        text = words()
        absent = maybe(words())
        data = Data(list { some(UInt8.self) })
        date = Date(timeIntervalSinceReferenceDate: .random(in: -1e9...1e9, using: &generator))
        id = UUID(uuid: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, some(UInt8.self)))
        shapes = list {
            [.point, .circle(radius: fraction()), .box(some(Int.self), label: maybe(words()))][some(UInt.self) % 3]
        }
        self.inner = list(inner)
        matrix = list { list { some(Int.self) } }
        gaps = list { maybe(some(Int.self)) }
        names = Dictionary(list { (words(), inner()) }) { first, _ in first }
        numbers = Dictionary(list { (some(Int.self), fraction()) }) { first, _ in first }
        levels = [.low: some(Int.self)]
        bytes = list { some(UInt8.self) }
        fractions = list(fraction)
    }
}

extension Array {
    fileprivate subscript(_ index: UInt) -> Element { self[Int(index)] }
}
