import Glibc
import NIOPosix
import RoostRedis

/// What a scenario costs: processor time of this process, and of Redis with its commands and memory.
struct BenchMeter {
    struct Reading {
        var own = 0.0
        var redis = 0.0
        /// All that were executed, those inside scripts too.
        var commands = 0.0
        /// Scripts: what the store sends, but for a few commands of its upkeep.
        var scripts = 0.0
        /// Received and sent.
        var network = 0.0
        var memory = 0.0
    }

    /// nil where the store is in this process.
    let redis: RedisClient?

    func reading() async throws -> Reading {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        var reading = Reading(own: Self.seconds(usage.ru_utime) + Self.seconds(usage.ru_stime))
        guard let redis, let info = try await redis.send(RedisCommand("INFO", "everything")).text else {
            return reading
        }
        for line in info.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            switch parts[0] {
            case "used_cpu_user", "used_cpu_sys": reading.redis += Double(parts[1]) ?? 0
            case "used_memory": reading.memory = Double(parts[1]) ?? 0
            case "total_commands_processed": reading.commands = Double(parts[1]) ?? 0
            case "total_net_input_bytes", "total_net_output_bytes": reading.network += Double(parts[1]) ?? 0
            case "cmdstat_evalsha", "cmdstat_eval": reading.scripts += Self.calls(parts[1])
            default: break
            }
        }
        return reading
    }

    /// Does something `jobs` times and says how fast, and what each cost.
    func measure(
        _ scenario: String, jobs: Int, seconds: () -> Double? = { nil }, _ body: () async throws -> Void
    ) async throws -> BenchFigure {
        let before = try await reading()
        let begin = BenchTally.now
        try await body()
        let elapsed = seconds() ?? Double(BenchTally.now - begin) / 1e9
        let after = try await reading()
        let count = Double(max(1, jobs))
        var values = [("jobs/s", count / elapsed), ("cpu_us/job", (after.own - before.own) * 1e6 / count)]
        if redis != nil {
            values.append(("redis_us/job", (after.redis - before.redis) * 1e6 / count))
            values.append(("scripts/job", (after.scripts - before.scripts) / count))
            values.append(("commands/job", (after.commands - before.commands) / count))
            values.append(("bytes/job", (after.memory - before.memory) / count))
            values.append(("net_bytes/job", (after.network - before.network) / count))
        }
        values.append(("rss_mb", Self.residentMegabytes))
        return BenchFigure(scenario: scenario, values: values.map { (name: $0.0, value: $0.1) })
    }

    /// What this process holds of the machine's memory.
    static var residentMegabytes: Double { Double(ProcessMemory.resident()) / 1_048_576 }

    /// `calls=12,usec=…`
    private static func calls(_ text: Substring) -> Double {
        Double(text.split(separator: ",").first?.split(separator: "=").last ?? "") ?? 0
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
}
