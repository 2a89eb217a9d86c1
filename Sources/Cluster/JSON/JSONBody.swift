internal import FoundationEssentials

/// Bodies that are JSON.
///
/// The text is what Foundation's `JSONEncoder` writes and its `JSONDecoder` reads with their defaults (`Data` in
/// base64, `Date` in seconds since 2001), in a fraction of their time.
enum JSONBody {
    /// Deeper ones are refused: readers recurse, and a thread's stack is finite.
    static let maximumDepth = 32

    /// Throws `MeshError.undecodable` when the value cannot be written as JSON.
    static func encode(_ value: some Encodable) throws(MeshError) -> [UInt8] {
        let writer = JSONWriter(maximumDepth: maximumDepth)
        do {
            try writer.write(value: value)
        } catch {
            guard writer.isLost else { throw .undecodable }
        }
        if writer.isLost { return try encodeSlowly(value) }
        guard !writer.isTooDeep else { throw .undecodable }
        return writer.bytes
    }

    /// Throws `MeshError.undecodable` when the bytes are not JSON of that type.
    static func decode<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) throws(MeshError) -> Value {
        do {
            return try JSONDocument(bytes, maximumDepth: maximumDepth).read(type, JSONDocument.root)
        } catch {
            throw .undecodable
        }
    }

    /// For a type that writes its containers in turns: it needs one that keeps all of them until the end.
    private static func encodeSlowly(_ value: some Encodable) throws(MeshError) -> [UInt8] {
        do {
            let bytes = Array(try JSONEncoder().encode(value))
            guard !PlainText.nests(bytes, deeperThan: maximumDepth) else { throw MeshError.undecodable }
            return bytes
        } catch {
            throw .undecodable
        }
    }
}
