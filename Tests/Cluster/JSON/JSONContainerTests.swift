import FoundationEssentials
import Testing

@testable import RoostCluster

@Suite("JSON containers")
struct JSONContainerTests {
    private func read<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
        try JSONBody.decode(type, Array(text.utf8))
    }

    private func same(_ value: some Encodable) throws {
        let (own, foundation) = (try JSONBody.encode(value), try JSONEncoder().encode(value))
        let (first, second) = (try read(AnyJSON.self, own), try read(AnyJSON.self, Array(foundation)))
        #expect(first == second)
    }

    private func read<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) throws -> Value {
        try JSONBody.decode(type, bytes)
    }

    struct Pair: Codable, Hashable {
        var first: Int
        var second: String?
    }

    @Test("members come in any order, unknown ones are passed over, and no key comes twice")
    func members() throws {
        #expect(
            try read(Pair.self, #"{"x":[{"first":9}],"second":"b","first":1,"y":null}"#)
                == Pair(first: 1, second: "b"))
        #expect(try read(Pair.self, #"{"\u0066irst":1,"second":null}"#) == Pair(first: 1, second: nil))
        #expect(throws: MeshError.undecodable) { try read(Pair.self, #"{"second":"b"}"#) }
        #expect(throws: MeshError.undecodable) { try read(Pair.self, #"{"first":null}"#) }
        #expect(throws: MeshError.undecodable) { try read(Pair.self, "[]") }
        let many = (0..<20).map { "\"\($0)\":0," }.joined()
        for members in [#""first":1,"first":1"#, #""first":1,"f\u0069rst":1"#, #""first":1,"x":{"a":1,"b":2,"a":3}"#] {
            #expect(throws: MeshError.undecodable) { try read(Pair.self, "{\(members)}") }
            #expect(throws: MeshError.undecodable) { try read(Pair.self, "{\(many)\(members)}") }
        }
    }

    @Test("large objects are read in any order in reasonable time")
    func large() throws {
        let keys = (0..<5000).map { "key \($0)" }
        let bytes = try JSONBody.encode(Dictionary(uniqueKeysWithValues: keys.map { ($0, 1) }))
        struct Backwards: Decodable {
            var sum = 0
            init(from decoder: any Decoder) throws {
                let container = try decoder.container(keyedBy: AnyJSON.Key.self)
                for key in container.allKeys.reversed() { sum += try container.decode(Int.self, forKey: key) }
                if container.contains(AnyJSON.Key(stringValue: "none")) { sum = 0 }
            }
        }
        #expect(try read(Backwards.self, bytes).sum == keys.count)
        #expect(try read([String: Int].self, bytes).count == keys.count)
    }

    @Test("an enum reads another after the first kind of container did not fit")
    func attempts() throws {
        #expect(try read([AnyJSON].self, #"[{"a":[1,{"b":"c"}]},2,"x",[],null,{}]"#).count == 6)
    }

    class Base: Encodable {
        var a = 1
        enum CodingKeys: CodingKey { case a }
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(a, forKey: .a)
        }
    }

    final class Shared: Base {
        enum OwnKeys: CodingKey { case b, c }
        override func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: OwnKeys.self)
            try container.encode([1], forKey: .b)
            try super.encode(to: encoder)
            try container.encode("c", forKey: .c)
        }
    }

    final class Separate: Base {
        enum OwnKeys: CodingKey { case b, parent }
        override func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: OwnKeys.self)
            try super.encode(to: container.superEncoder())
            try container.encode(2, forKey: .b)
            try super.encode(to: container.superEncoder(forKey: .parent))
        }
    }

    @Test("a class shares its container with its superclass, or gives it one of its own")
    func inheritance() throws {
        try same([Shared(), Shared()])
        #expect(String(decoding: try JSONBody.encode(Shared()), as: UTF8.self) == #"{"b":[1],"a":1,"c":"c"}"#)
        try same([Separate()])
        struct Reader: Decodable {
            var a: Int
            var parent: Int
            var missing: Bool
            enum Keys: CodingKey { case parent, missing }
            init(from decoder: any Decoder) throws {
                let container = try decoder.container(keyedBy: Keys.self)
                a = try [String: Int](from: try container.superDecoder())["a"] ?? 0
                parent = try [String: Int](from: try container.superDecoder(forKey: .parent))["a"] ?? 0
                missing = try container.superDecoder(forKey: .missing).singleValueContainer().decodeNil()
            }
        }
        let reader = try read(Reader.self, try JSONBody.encode(Separate()))
        #expect((reader.a, reader.parent, reader.missing) == (1, 1, true))
    }

    /// Writes to two nested containers in turns.
    struct Interleaved: Encodable {
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: AnyJSON.Key.self)
            var one = container.nestedContainer(keyedBy: AnyJSON.Key.self, forKey: .init(stringValue: "one"))
            var two = container.nestedUnkeyedContainer(forKey: .init(stringValue: "two"))
            for number in 0..<3 {
                try one.encode(number, forKey: .init(stringValue: "\(number)"))
                try two.encode(number)
            }
        }
    }

    struct Nested: Encodable {
        func encode(to encoder: any Encoder) throws {
            var list = encoder.unkeyedContainer()
            var object = list.nestedContainer(keyedBy: AnyJSON.Key.self)
            try object.encode([Interleaved](), forKey: .init(stringValue: "a"))
            var inner = object.nestedUnkeyedContainer(forKey: .init(stringValue: "b"))
            try inner.encodeNil()
            _ = inner.nestedUnkeyedContainer()
            var last = list.nestedUnkeyedContainer()
            try last.encode(list.count)
        }
    }

    @Test("containers in containers, also when they are written in turns")
    func nesting() throws {
        #expect(String(decoding: try JSONBody.encode(Nested()), as: UTF8.self) == #"[{"a":[],"b":[null,[]]},[2]]"#)
        try same(Nested())
        try same([Interleaved()])
    }

    struct Silent: Encodable {
        func encode(to encoder: any Encoder) throws {}
    }

    /// Cannot be written, which its owner does not mind.
    struct Failing: Encodable {
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: AnyJSON.Key.self)
            try container.encode([1, 2], forKey: .init(stringValue: "half"))
            throw Fixture.Missing()
        }
    }

    struct Tolerant: Encodable {
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: AnyJSON.Key.self)
            try? container.encode(Failing(), forKey: .init(stringValue: "a"))
            try container.encode(1, forKey: .init(stringValue: "b"))
            var list = container.nestedUnkeyedContainer(forKey: .init(stringValue: "c"))
            try? list.encode(Failing())
            try list.encode(2)
        }
    }

    @Test("what fails half-way leaves nothing behind; what writes nothing is an empty object")
    func failures() throws {
        #expect(String(decoding: try JSONBody.encode(Tolerant()), as: UTF8.self) == #"{"b":1,"c":[2]}"#)
        try same(Tolerant())
        try same([Silent()])
        #expect(throws: MeshError.undecodable) { try JSONBody.encode([Failing()]) }
    }

    @Test("a decoder may be kept and used when the body is gone")
    func kept() throws {
        struct Lazy: Decodable {
            let decoder: any Decoder
            init(from decoder: any Decoder) throws { self.decoder = decoder }
        }
        let lazy = try read(Lazy.self, #"{"first":3}"#)
        #expect(try Pair(from: lazy.decoder) == Pair(first: 3, second: nil))
    }

    @Test("thirty-two levels are written and read, more are refused on both sides")
    func depth() throws {
        func nested(_ levels: Int) -> AnyJSON { (1..<levels).reduce(AnyJSON.array([])) { value, _ in .array([value]) } }
        let deepest = try JSONBody.encode(nested(32))
        #expect(try read(AnyJSON.self, deepest) == nested(32))
        #expect(throws: MeshError.undecodable) { try JSONBody.encode(nested(33)) }
        #expect(throws: MeshError.undecodable) { try JSONBody.encode(nested(100_0)) }
        #expect(throws: MeshError.undecodable) { try read(AnyJSON.self, [0x5B] + deepest + [0x5D]) }
        #expect(throws: MeshError.undecodable) { try read(AnyJSON.self, Array(repeating: 0x5B, count: 1_000_000)) }
    }
}
