/// Where one value writes itself.
struct JSONValueEncoder: Encoder, SingleValueEncodingContainer {
    let writer: JSONWriter
    /// How many containers were open before the value, and how many bytes there were.
    let level: Int
    let start: Int
    private let owner: UInt32

    init(writer: JSONWriter, owner: UInt32) {
        self.writer = writer
        self.owner = owner
        level = writer.depth
        start = writer.bytes.count
    }

    // Errors go to nobody who could use a path: they are one and the same on the wire.
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(JSONKeyedEncoder<Key>(writer: writer, place: place(isObject: true)))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        JSONUnkeyedEncoder(writer: writer, place: place(isObject: false))
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }

    func encodeNil() throws {
        try checkFresh()
        writer.writeNull()
    }

    // The protocol's own versions of these refuse.
    func encode(_ value: Int128) throws { try write(value) }
    func encode(_ value: UInt128) throws { try write(value) }
    func encode<Value: Encodable>(_ value: Value) throws { try write(value) }

    private func write<Value: Encodable>(_ value: Value) throws {
        try checkFresh()
        try writer.write(value: value)
    }

    /// A class and its superclass ask for the same container.
    private func place(isObject: Bool) -> JSONWriter.Place {
        if writer.bytes.count == start { return writer.open(isObject: isObject, owner: owner) }
        let place = JSONWriter.Place(level: level, owner: owner)
        if !writer.reopen(place, isObject: isObject) { writer.lose() }
        return place
    }

    private func checkFresh() throws {
        guard writer.bytes.count == start else {
            writer.lose()
            throw JSONWriter.failure("a value was written twice")
        }
    }
}
