import RoostJobs
import RoostRedis

/// What a Redis server says of itself that jobs depend on.
struct RedisFacts: Sendable {
    var version = "?"
    var evictionPolicy = "noeviction"
    var appendOnly = false
    var appendFsync: String?

    /// From the replies to `INFO server`, `INFO memory`, `INFO persistence` joined, and `CONFIG GET appendfsync` where the
    /// user may ask for it.
    init(info: String, appendFsync: String?) {
        for line in info.utf8.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
            let parts = line.split(separator: UInt8(ascii: ":"), maxSplits: 1).map { String(Substring($0)) }
            guard parts.count == 2 else { continue }
            switch parts[0] {
            case "redis_version": version = parts[1]
            case "maxmemory_policy": evictionPolicy = parts[1]
            case "aof_enabled": appendOnly = parts[1] == "1"
            default: break
            }
        }
        self.appendFsync = appendFsync
    }

    /// What an acknowledged job survives.
    var durability: String { appendOnly ? "appendfsync \(appendFsync ?? "unknown")" : "no append-only file" }

    /// What an operator should know.
    var warnings: [String] {
        var warnings: [String] = []
        if evictionPolicy != "noeviction" {
            warnings.append("maxmemory-policy is \(evictionPolicy): Redis may delete jobs; set noeviction")
        }
        if !appendOnly {
            warnings.append("appendonly is off: a restart of Redis may lose accepted jobs")
        } else if appendFsync != "always" {
            warnings.append(
                "appendfsync is \(appendFsync ?? "unknown"): a power cut, or the server's death, may lose the last "
                    + "seconds of accepted jobs")
        }
        return warnings
    }
}
