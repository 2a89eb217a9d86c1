/// The members of an object.
struct JSONKeyedDecoder<Key: CodingKey>: KeyedDecodingContainerProtocol {
    private let document: JSONDocument
    private let node: Int

    init(_ document: JSONDocument, _ node: Int) throws {
        guard document.kind(node) == .object else { throw document.mismatch([String: any Decodable].self, node) }
        self.document = document
        self.node = node
    }

    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { document.keys(of: node).compactMap(Key.init(stringValue:)) }

    func contains(_ key: Key) -> Bool { document.member(key.stringValue, of: node) != nil }

    func decodeNil(forKey key: Key) throws -> Bool { document.isNull(try member(key)) }

    // The protocol's own versions of these refuse.
    func decode(_ type: Int128.Type, forKey key: Key) throws -> Int128 { try read(type, key) }
    func decode(_ type: UInt128.Type, forKey key: Key) throws -> UInt128 { try read(type, key) }
    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value { try read(type, key) }

    private func read<Value: Decodable>(_ type: Value.Type, _ key: Key) throws -> Value {
        let member = try member(key)
        defer { document.passed(member) }
        return try document.read(type, member)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        KeyedDecodingContainer(try JSONKeyedDecoder<Nested>(document, try member(key)))
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try JSONUnkeyedDecoder(document, try member(key))
    }

    /// What its superclass wrote under `super`; a null when it wrote nothing.
    func superDecoder() -> any Decoder {
        JSONValueDecoder(document: document, node: document.member("super", of: node) ?? JSONDocument.nothing)
    }

    func superDecoder(forKey key: Key) -> any Decoder {
        JSONValueDecoder(document: document, node: document.member(key.stringValue, of: node) ?? JSONDocument.nothing)
    }

    private func member(_ key: Key) throws -> Int {
        guard let member = document.member(key.stringValue, of: node) else {
            throw DecodingError.keyNotFound(key, DecodingError.Context(codingPath: [], debugDescription: ""))
        }
        return member
    }
}
