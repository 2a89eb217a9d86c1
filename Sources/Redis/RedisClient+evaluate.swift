extension RedisClient {
    /// Runs a script by its SHA-1 and, when the server does not know it (any more), once by its source.
    /// - Parameters:
    ///   - keys: KEYS.
    ///   - deadline: for each of the two attempts; nil means the configuration's.
    ///   - arguments: appends ARGV.
    /// - Throws: ``RedisError``; the script's own errors have the code `server`.
    @discardableResult
    public func evaluate(
        _ script: RedisScript, keys: [String], deadline: Duration? = nil,
        arguments: (inout RedisCommand) -> Void = { _ in }
    ) async throws(RedisError) -> RedisValue {
        var tail = RedisCommand(String(keys.count))
        for key in keys { tail.append(key) }
        arguments(&tail)
        do {
            return try await send(RedisCommand("EVALSHA", script.sha1, tail), deadline: deadline)
        } catch {
            guard error.serverError?.code == "NOSCRIPT" else { throw error }
            return try await send(RedisCommand("EVAL", script.source, tail), deadline: deadline)
        }
    }
}

extension RedisCommand {
    /// A name, a first argument, and the parts of `tail` after them.
    fileprivate init(_ name: String, _ first: String, _ tail: RedisCommand) {
        self.init(name, first)
        storage += tail.storage
        lengths += tail.lengths
    }
}
