/// The members of an object.
struct JSONKeyedEncoder<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let writer: JSONWriter
    let place: JSONWriter.Place

    var codingPath: [any CodingKey] { [] }

    func encodeNil(forKey key: Key) throws {
        try begin(key)
        writer.writeNull()
    }

    // The protocol's own versions of these refuse.
    func encode(_ value: Int128, forKey key: Key) throws { try write(value, key) }
    func encode(_ value: UInt128, forKey key: Key) throws { try write(value, key) }
    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws { try write(value, key) }

    private func write<Value: Encodable>(_ value: Value, _ key: Key) throws {
        let (count, wasEmpty) = (writer.bytes.count, writer.isEmpty(place))
        try begin(key)
        do {
            try writer.write(value: value)
        } catch {
            writer.drop(place, to: count, wasEmpty: wasEmpty)
            throw error
        }
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        KeyedEncodingContainer(JSONKeyedEncoder<Nested>(writer: writer, place: nested(key, isObject: true)))
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        JSONUnkeyedEncoder(writer: writer, place: nested(key, isObject: false))
    }

    func superEncoder() -> any Encoder {
        writer.lose()
        return JSONValueEncoder(writer: writer, owner: 0)
    }

    func superEncoder(forKey key: Key) -> any Encoder { superEncoder() }

    private func begin(_ key: Key) throws {
        try writer.beginElement(place)
        writer.write(key.stringValue)
        writer.bytes.append(UInt8(ascii: ":"))
    }

    private func nested(_ key: Key, isObject: Bool) -> JSONWriter.Place {
        // When it cannot begin the writer is lost, and what goes there is of no account.
        try? begin(key)
        return writer.open(isObject: isObject, owner: writer.takeOwner())
    }
}
