/// Where one value reads itself.
struct JSONValueDecoder: Decoder, SingleValueDecodingContainer {
    let document: JSONDocument
    let node: Int

    // Errors go to nobody who could use a path: they are one and the same on the wire.
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(try JSONKeyedDecoder<Key>(document, node))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try JSONUnkeyedDecoder(document, node)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { self }

    func decodeNil() -> Bool { document.isNull(node) }

    // The protocol's own versions of these refuse.
    func decode(_ type: Int128.Type) throws -> Int128 { try document.read(type, node) }
    func decode(_ type: UInt128.Type) throws -> UInt128 { try document.read(type, node) }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try document.read(type, node) }
}
