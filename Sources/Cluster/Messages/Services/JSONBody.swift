internal import FoundationEssentials

/// Bodies that are JSON.
enum JSONBody {
    /// Deeper ones are refused: parsers recurse, and a thread's stack is finite.
    static let maximumDepth = 32

    /// Throws `MeshError.undecodable` when the value cannot be written as JSON.
    static func encode(_ value: some Encodable) throws(MeshError) -> [UInt8] {
        do {
            return Array(try JSONEncoder().encode(value))
        } catch {
            throw .undecodable
        }
    }

    /// Throws `MeshError.undecodable` when the bytes are not JSON of that type.
    static func decode<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) throws(MeshError) -> Value {
        guard !PlainText.nests(bytes, deeperThan: maximumDepth) else { throw .undecodable }
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            throw .undecodable
        }
    }
}
