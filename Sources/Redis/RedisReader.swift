import CHiredis

/// Turns a connection's bytes into replies, with hiredis' reader.
///
/// hiredis calls back for every string, number and list it recognises; ``RedisReplyBuilder`` makes values of them at
/// once, so no tree of C objects is built and freed. Not thread-safe: it belongs to one connection's handler.
final class RedisReader {
    private let reader: UnsafeMutablePointer<redisReader>
    private let functions: UnsafeMutablePointer<redisReplyObjectFunctions>
    private let builder: RedisReplyBuilder
    private let limit: Int

    /// - Parameter limit: the most bytes of memory one reply may take.
    init(limit: Int) throws(RedisError) {
        guard let reader = redisReaderCreate() else { throw Self.violation("no memory for a reader") }
        self.reader = reader
        self.limit = max(limit, 1024)
        builder = RedisReplyBuilder(limit: self.limit)
        functions = .allocate(capacity: 1)
        functions.initialize(to: Self.callbacks())
        reader.pointee.fn = functions
        // Unretained: the builder lives exactly as long as this object, which frees the reader first.
        reader.pointee.privdata = Unmanaged.passUnretained(builder).toOpaque()
    }

    deinit {
        redisReaderFree(reader)
        functions.deinitialize(count: 1)
        functions.deallocate()
    }

    /// Takes bytes from the socket.
    func feed(_ bytes: UnsafeRawBufferPointer) throws(RedisError) {
        guard let start = bytes.bindMemory(to: CChar.self).baseAddress, !bytes.isEmpty else { return }
        guard redisReaderFeed(reader, start, bytes.count) == REDIS_OK else { throw failure() }
    }

    /// The next complete reply, or nil when more bytes are needed.
    func next() throws(RedisError) -> RedisValue? {
        // What hiredis hands out here is only a token; the value is in the builder.
        var token: UnsafeMutableRawPointer?
        guard redisReaderGetReply(reader, &token) == REDIS_OK else { throw failure() }
        guard token != nil else {
            guard reader.pointee.len &- reader.pointee.pos <= limit else { throw tooLarge }
            return nil
        }
        guard let value = builder.take() else { throw Self.violation("a reply of a type RESP2 does not have") }
        return value
    }

    private func failure() -> RedisError {
        if builder.exceeded { return tooLarge }
        let text = withUnsafeBytes(of: reader.pointee.errstr) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return Self.violation(text)
    }

    private var tooLarge: RedisError { Self.violation("a reply larger than \(limit) bytes") }

    private static func violation(_ text: String) -> RedisError { RedisError(.protocolViolation, text) }

    /// The closures' parameter types are left to inference: sizes are Int32 in hiredis 0.14 and Int from 1.0 on.
    private static func callbacks() -> redisReplyObjectFunctions {
        var functions = redisReplyObjectFunctions()
        functions.createString = { task, start, count in
            RedisReader.build(task) { $0.string(type: task?.pointee.type ?? 0, start, Int(count)) }
        }
        functions.createArray = { task, count in RedisReader.build(task) { $0.open(Int(count)) } }
        functions.createInteger = { task, number in RedisReader.build(task) { $0.add(.integer(number), bytes: 0) } }
        functions.createNil = { task in RedisReader.build(task) { $0.add(.null, bytes: 0) } }
        functions.freeObject = { _ in }
        return functions
    }

    /// Returns a token that is not null when the builder took the object, else null: hiredis then stops with an error.
    private static func build(
        _ task: UnsafePointer<redisReadTask>?, _ body: (RedisReplyBuilder) -> Bool
    ) -> UnsafeMutableRawPointer? {
        guard let context = task?.pointee.privdata else { return nil }
        return body(Unmanaged<RedisReplyBuilder>.fromOpaque(context).takeUnretainedValue()) ? context : nil
    }
}
