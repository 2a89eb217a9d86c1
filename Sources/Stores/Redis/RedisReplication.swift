import RoostRedis

/// What a master says of its replicas.
struct RedisReplication: Sendable {
    var replicas = 0
    /// `min-replicas-to-write`; nil where the user may not ask for it.
    var required: Int?

    /// From the replies to `INFO replication` and `CONFIG GET min-replicas-to-write`.
    init(info: String, required: String?) {
        for line in info.utf8.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
            let parts = line.split(separator: UInt8(ascii: ":"), maxSplits: 1).map { String(Substring($0)) }
            if parts.count == 2, parts[0] == "connected_slaves" { replicas = Int(parts[1]) ?? 0 }
        }
        self.required = required.flatMap { Int($0) }
    }

    /// `2 replicas, min-replicas-to-write 1, wait 0`.
    func description(_ configuration: RedisConfiguration) -> String {
        "\(replicas) replica\(replicas == 1 ? "" : "s"), min-replicas-to-write \(required.map { "\($0)" } ?? "unknown"), "
            + "wait \(configuration.confirmingReplicas)"
    }

    /// What an operator should know.
    func warnings(_ configuration: RedisConfiguration) -> [String] {
        if replicas == 0 { return ["the master has no replica: there is nobody to fail over to"] }
        if configuration.confirmingReplicas < 1, (required ?? 1) < 1 {
            return ["a failover may lose acknowledged jobs: set min-replicas-to-write 1, or ?wait=1 in the store's URL"]
        }
        return []
    }
}
