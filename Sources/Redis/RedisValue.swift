/// A reply of a Redis server (RESP2).
public enum RedisValue: Sendable, Equatable {
    /// A bulk string: any bytes.
    case string([UInt8])
    /// A simple status such as `OK` or `QUEUED`.
    case status(String)
    /// An integer.
    case integer(Int64)
    /// A list of replies, at most seven levels deep.
    case array([RedisValue])
    /// Nothing: a missing key, an empty blocking read.
    case null
    /// An error; ``RedisClient/send(_:deadline:)`` throws it instead, pipelines and nested replies carry it.
    indirect case error(RedisServerError)

    /// The bytes of a string or status.
    public var bytes: [UInt8]? {
        switch self {
        case .string(let bytes): bytes
        case .status(let text): Array(text.utf8)
        default: nil
        }
    }

    /// The text of a string, status or integer; malformed UTF-8 is repaired.
    public var text: String? {
        switch self {
        case .string(let bytes): String(decoding: bytes, as: UTF8.self)
        case .status(let text): text
        case .integer(let number): String(number)
        default: nil
        }
    }

    /// The number of an integer, or of a string that is one in decimal.
    public var int: Int64? {
        switch self {
        case .integer(let number): number
        case .string(let bytes): Int64(String(decoding: bytes, as: UTF8.self))
        case .status(let text): Int64(text)
        default: nil
        }
    }

    /// The replies of an array.
    public var elements: [RedisValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// Whether the reply is null.
    public var isNull: Bool { self == .null }
}
