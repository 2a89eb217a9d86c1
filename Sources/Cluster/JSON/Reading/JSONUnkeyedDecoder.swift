/// The elements of an array.
struct JSONUnkeyedDecoder: UnkeyedDecodingContainer {
    private let document: JSONDocument
    private let array: Int
    private var next: Int
    private(set) var currentIndex = 0

    init(_ document: JSONDocument, _ node: Int) throws {
        guard document.kind(node) == .array else { throw document.mismatch([any Decodable].self, node) }
        self.document = document
        array = node
        next = node + 1
    }

    var codingPath: [any CodingKey] { [] }
    var count: Int? { document.count(array) }
    var isAtEnd: Bool { currentIndex >= document.count(array) }

    mutating func decodeNil() throws -> Bool {
        guard document.isNull(try element(Never.self)) else { return false }
        advance()
        return true
    }

    // The protocol's own versions of these refuse.
    mutating func decode(_ type: Int128.Type) throws -> Int128 { try read(type) }
    mutating func decode(_ type: UInt128.Type) throws -> UInt128 { try read(type) }
    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try read(type) }

    private mutating func read<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let value = try document.read(type, try element(type))
        advance()
        return value
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> {
        let nested = try JSONKeyedDecoder<Nested>(document, try element([String: any Decodable].self))
        advance()
        return KeyedDecodingContainer(nested)
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        let nested = try JSONUnkeyedDecoder(document, try element([any Decodable].self))
        advance()
        return nested
    }

    mutating func superDecoder() throws -> any Decoder {
        let decoder = JSONValueDecoder(document: document, node: try element(JSONValueDecoder.self))
        advance()
        return decoder
    }

    private func element(_ type: Any.Type) throws -> Int {
        guard !isAtEnd else {
            throw DecodingError.valueNotFound(type, DecodingError.Context(codingPath: [], debugDescription: ""))
        }
        return next
    }

    private mutating func advance() {
        next = document.after(next)
        currentIndex += 1
    }
}
