/// A Redis command: its name and arguments, kept in one contiguous buffer so that building it is cheap.
///
/// Arguments are bytes; any byte is allowed, NUL included. A command may hold up to ``maximumBytes``; sending a larger
/// one throws ``RedisError/Code-swift.enum/configuration``.
public struct RedisCommand: Sendable {
    /// The largest command that is sent: 512 MiB, the limit Redis puts on one string.
    public static let maximumBytes = 512 * 1024 * 1024

    /// The name and all arguments, one after the other.
    var storage: [UInt8]
    /// How many bytes of `storage` belong to each part.
    var lengths: [Int]

    /// Makes a command without arguments.
    public init(_ name: String) {
        storage = []
        lengths = []
        // Most commands fit: one allocation each, instead of one for every argument that follows.
        storage.reserveCapacity(96)
        lengths.reserveCapacity(8)
        append(name)
    }

    /// Makes a command with text arguments.
    public init(_ name: String, _ arguments: String...) {
        self.init(name)
        for argument in arguments { append(argument) }
    }

    /// The number of parts: the name and the arguments.
    public var count: Int { lengths.count }

    /// The bytes of the name and the arguments, without the protocol's own.
    public var byteCount: Int { storage.count }

    /// Appends a text argument, as UTF-8.
    public mutating func append(_ text: String) {
        let start = storage.count
        storage.append(contentsOf: text.utf8)
        lengths.append(storage.count - start)
    }

    /// Appends an argument of bytes.
    public mutating func append(_ bytes: [UInt8]) {
        storage.append(contentsOf: bytes)
        lengths.append(bytes.count)
    }

    /// Appends the arguments of another command, not its name.
    public mutating func append(argumentsOf other: RedisCommand) {
        storage += other.storage[(other.lengths.first ?? 0)...]
        lengths += other.lengths.dropFirst()
    }

    /// Appends an argument of text and the bytes that follow it.
    public mutating func append(_ head: String, _ bytes: [UInt8]) {
        let start = storage.count
        storage.append(contentsOf: head.utf8)
        storage.append(contentsOf: bytes)
        lengths.append(storage.count - start)
    }

    /// Appends a number as decimal text.
    public mutating func append(_ number: Int64) { append(String(number)) }

    /// Appends a number as decimal text.
    public mutating func append(_ number: Int) { append(String(number)) }
}
