import CHiredis

extension RedisCommand {
    /// The command in the protocol's form, made by hiredis.
    ///
    /// It runs on the caller's thread, so that the event loop only has to copy bytes.
    func wireBytes() throws(RedisError) -> [UInt8] {
        guard byteCount <= Self.maximumBytes, let count = Int32(exactly: lengths.count) else {
            throw RedisError(.configuration, "the command \(name) is larger than \(Self.maximumBytes) bytes")
        }
        guard let bytes = formatted(count) else {
            throw RedisError(.configuration, "the command \(name) cannot be formatted")
        }
        return bytes
    }

    /// The command's name, for messages.
    var name: String {
        String(decoding: storage.prefix(min(lengths.first ?? 0, 32)), as: UTF8.self)
    }

    private func formatted(_ count: Int32) -> [UInt8]? {
        storage.withUnsafeBytes { bytes -> [UInt8]? in
            let start = bytes.assumingMemoryBound(to: CChar.self).baseAddress
            return withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: lengths.count) { arguments in
                var offset = 0
                for (index, length) in lengths.enumerated() {
                    arguments.initializeElement(at: index, to: start.map { $0 + offset })
                    offset += length
                }
                var target: UnsafeMutablePointer<CChar>?
                // Int32 in hiredis 0.14, Int64 from 1.0 on.
                let total = Int(redisFormatCommandArgv(&target, count, arguments.baseAddress, lengths))
                guard total > 0, let target else { return nil }
                defer { redisFreeCommand(target) }
                return [UInt8](UnsafeRawBufferPointer(start: target, count: total))
            }
        }
    }
}
