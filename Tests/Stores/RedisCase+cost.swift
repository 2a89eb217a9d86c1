import RoostRedis

/// What a server was asked for.
struct RedisCost {
    /// Commands it carried out, those that scripts call included.
    var commands = 0
    /// Scripts among them.
    var scripts = 0
    /// How often it found something to read from a client: round trips, when what is sent is short.
    var reads = 0
    /// Keys that were added.
    var keys = 0
    /// Bytes of memory that were added.
    var bytes = 0
}

extension RedisCase {
    /// What the body asks of the server, as the server counts it.
    func cost(_ body: () async throws -> Void) async throws -> RedisCost {
        try await redis("CONFIG RESETSTAT")
        let before = try await reading()
        try await body()
        let after = try await reading()
        // The readings' own: one INFO by then, and two that were read.
        return RedisCost(
            commands: after.commands - before.commands - 1, scripts: after.scripts - before.scripts,
            reads: after.reads - before.reads - 1, keys: after.keys - before.keys, bytes: after.bytes - before.bytes)
    }

    private func reading() async throws -> RedisCost {
        var cost = RedisCost()
        let info = try await redis("INFO everything").text ?? ""
        for line in info.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let (name, value) = (parts[0], parts[1])
            if name == "cmdstat_ping" {
                // A connection's heartbeat, whatever is asked meanwhile.
                cost.reads -= Self.number(value.dropFirst("calls=".count))
            } else if name.hasPrefix("cmdstat_") {
                let calls = Self.number(value.dropFirst("calls=".count))
                cost.commands += calls
                if name.hasPrefix("cmdstat_eval") || name.hasPrefix("cmdstat_fcall") { cost.scripts += calls }
            }
            switch name {
            case "total_reads_processed": cost.reads += Self.number(value)
            case "used_memory": cost.bytes = Self.number(value)
            case "db0": cost.keys = Self.number(value.dropFirst("keys=".count))
            default: break
            }
        }
        return cost
    }

    private static func number(_ text: some StringProtocol) -> Int { Int(text.prefix { $0.isNumber }) ?? 0 }
}
