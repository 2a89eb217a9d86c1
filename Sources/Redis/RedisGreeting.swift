/// What a new connection says first, and what it must hear before it is used: AUTH, SELECT, CLIENT SETNAME and PING,
/// pipelined. PING finds the server that still loads its data, which would answer the other three. Where sentinels or a
/// cluster named the server, ROLE must say that it is a master indeed: what they say may be out of date.
struct RedisGreeting {
    enum Progress {
        case waiting
        case passed
        case failed(RedisError)
    }

    private enum Step { case auth, select, name, role, ping }

    /// The commands to send.
    let bytes: [UInt8]
    private var steps: [Step]

    init(_ configuration: RedisConfiguration) throws(RedisError) {
        var bytes: [UInt8] = []
        steps = []
        if let password = configuration.password {
            var auth = RedisCommand("AUTH")
            if let username = configuration.username { auth.append(username) }
            auth.append(password)
            bytes += try auth.wireBytes()
            steps.append(.auth)
        }
        if configuration.database != 0 {
            bytes += try RedisCommand("SELECT", String(configuration.database)).wireBytes()
            steps.append(.select)
        }
        if let name = configuration.clientName, !name.isEmpty {
            // Redis allows neither spaces nor control characters in a name.
            let safe = name.utf8.prefix(200).map { $0 > 32 && $0 < 127 ? $0 : UInt8(ascii: "-") }
            bytes += try RedisCommand("CLIENT", "SETNAME", String(decoding: safe, as: UTF8.self)).wireBytes()
            steps.append(.name)
        }
        if configuration.topology != .server {
            bytes += try RedisCommand("ROLE").wireBytes()
            steps.append(.role)
        }
        bytes += try RedisCommand("PING").wireBytes()
        steps.append(.ping)
        self.bytes = bytes
        steps.reverse()
    }

    /// The next reply has arrived.
    mutating func received(_ reply: RedisValue) -> Progress {
        guard let step = steps.popLast() else {
            return .failed(RedisError(.protocolViolation, "a reply nobody asked for"))
        }
        switch (step, reply) {
        case (.name, .error): break  // A name is a courtesy: an ACL may forbid it.
        // An ACL forbids it. The server is there and ready; that it is no master is told by the first write.
        case (.ping, .error(let error)) where error.code == "NOPERM": break
        case (.role, .error(let error)) where error.code == "NOPERM": break
        case (_, .error(let error)): return .failed(RedisError(error))
        case (.ping, .status("PONG")), (.auth, .status), (.select, .status), (.name, .status): break
        case (.role, .array(let parts)):
            guard parts.first?.text == "master" else {
                return .failed(RedisError(.unavailable, "the server is a replica, not the master"))
            }
        default: return .failed(RedisError(.protocolViolation, "an unexpected reply to the greeting"))
        }
        return steps.isEmpty ? .passed : .waiting
    }
}
