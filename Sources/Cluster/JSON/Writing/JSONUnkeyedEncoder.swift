/// The elements of an array.
struct JSONUnkeyedEncoder: UnkeyedEncodingContainer {
    private let writer: JSONWriter
    private let place: JSONWriter.Place
    private(set) var count = 0

    init(writer: JSONWriter, place: JSONWriter.Place) {
        self.writer = writer
        self.place = place
    }

    var codingPath: [any CodingKey] { [] }

    mutating func encodeNil() throws {
        try writer.beginElement(place)
        writer.writeNull()
        count += 1
    }

    // The protocol's own versions of these refuse.
    mutating func encode(_ value: Int128) throws { try write(value) }
    mutating func encode(_ value: UInt128) throws { try write(value) }
    mutating func encode<Value: Encodable>(_ value: Value) throws { try write(value) }

    private mutating func write<Value: Encodable>(_ value: Value) throws {
        let (end, wasEmpty) = (writer.bytes.count, writer.isEmpty(place))
        try writer.beginElement(place)
        do {
            try writer.write(value: value)
        } catch {
            writer.drop(place, to: end, wasEmpty: wasEmpty)
            throw error
        }
        count += 1
    }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        KeyedEncodingContainer(JSONKeyedEncoder<Nested>(writer: writer, place: nested(isObject: true)))
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        JSONUnkeyedEncoder(writer: writer, place: nested(isObject: false))
    }

    mutating func superEncoder() -> any Encoder {
        writer.lose()
        return JSONValueEncoder(writer: writer, owner: 0)
    }

    private mutating func nested(isObject: Bool) -> JSONWriter.Place {
        // When it cannot begin the writer is lost, and what goes there is of no account.
        try? writer.beginElement(place)
        count += 1
        return writer.open(isObject: isObject, owner: writer.takeOwner())
    }
}
