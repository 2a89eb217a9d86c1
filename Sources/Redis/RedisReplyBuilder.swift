import CHiredis

/// Assembles the reply hiredis is reading. Its parts arrive depth first, so a stack of unfinished lists is enough.
final class RedisReplyBuilder {
    private struct Level {
        var missing: Int
        var elements: [RedisValue]
    }

    private let limit: Int
    private var used = 0
    private var levels: [Level] = []
    private var finished: RedisValue?
    /// Whether a reply went over the limit.
    private(set) var exceeded = false

    init(limit: Int) { self.limit = limit }

    /// The finished reply, if there is one; the builder is then ready for the next.
    func take() -> RedisValue? {
        defer {
            finished = nil
            used = 0
        }
        return levels.isEmpty ? finished : nil
    }

    /// A string, status or error.
    func string(type: Int32, _ start: UnsafeMutablePointer<CChar>?, _ count: Int) -> Bool {
        guard count >= 0, count <= limit else { return refuse() }
        let bytes = UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count)
        switch type {
        case REDIS_REPLY_STATUS: return add(.status(String(decoding: bytes, as: UTF8.self)), bytes: count)
        case REDIS_REPLY_ERROR:
            return add(.error(RedisServerError(reply: String(decoding: bytes, as: UTF8.self))), bytes: count)
        default: return add(.string([UInt8](bytes)), bytes: count)
        }
    }

    /// A list of `count` elements begins. A lie about the count costs the server its connection, not us our memory.
    func open(_ count: Int) -> Bool {
        guard count >= 0, count <= limit / MemoryLayout<RedisValue>.stride else { return refuse() }
        guard count > 0 else { return add(.array([]), bytes: 0) }
        var elements: [RedisValue] = []
        elements.reserveCapacity(min(count, 256))
        levels.append(Level(missing: count, elements: elements))
        return true
    }

    /// A whole value, of so many bytes besides the value itself.
    func add(_ value: RedisValue, bytes: Int) -> Bool {
        used += bytes + MemoryLayout<RedisValue>.stride
        guard used <= limit else { return refuse() }
        var value = value
        while let top = levels.indices.last {
            levels[top].elements.append(value)
            levels[top].missing -= 1
            guard levels[top].missing == 0 else { return true }
            value = .array(levels.removeLast().elements)
        }
        finished = value
        return true
    }

    private func refuse() -> Bool {
        exceeded = true
        return false
    }
}
