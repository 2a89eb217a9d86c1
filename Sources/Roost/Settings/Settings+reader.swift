import Configuration
import NIOCore
import NIOPosix
import RoostJobs

extension Settings {
    /// Reads every setting; what a reader does not have keeps its default.
    ///
    /// | key | environment | default |
    /// |---|---|---|
    /// | `store` | `ROOST_STORE`; `REDIS_HOST`, `REDIS_PORT` | `sqlite:./roost.db` for `up`, else `redis://127.0.0.1:6379` |
    /// | `registry` | `ROOST_REGISTRY` | the store's Redis |
    /// | `cluster` | `ROOST_CLUSTER` | `roost` |
    /// | `host` | `ROOST_HOST` | `127.0.0.1` |
    /// | `advertise` | `ROOST_ADVERTISE` | what peers reach |
    /// | `port` | `ROOST_PORT`, `PORT` | 4000 |
    /// | `consolePort` | `ROOST_CONSOLE_PORT` | 5984 |
    /// | `meshPort` | `ROOST_MESH_PORT` | 4370 |
    /// | `concurrency` | `ROOST_CONCURRENCY`, `MAX_CONCURRENCY` | cores × 4 |
    /// | `queues` | `ROOST_QUEUES` | `default` |
    /// | `demo` | `ROOST_DEMO` | false |
    /// | `demoWorkSeconds` | `ROOST_DEMO_WORK_SECONDS` | 3 |
    /// | `insecure` | `ROOST_INSECURE` | false |
    /// | `cookie` | `ROOST_COOKIE` (two, separated by a comma, while one replaces the other) | none |
    /// | `name` | `ROOST_NAME`, `CONSUMER_NAME` | `role@host:mesh-port` |
    /// | `drainSeconds` | `ROOST_DRAIN_SECONDS` | 25 |
    /// | `resultTtl` | `ROOST_RESULT_TTL`, `REDIS_TTL` (seconds) | 3600; 604800 on SQLite |
    /// | `maxAttempts` | `ROOST_MAX_ATTEMPTS`, `MAX_ATTEMPTS` | 3 |
    /// | `logFormat` | `ROOST_LOG_FORMAT` | `auto`: text on a terminal, else JSON |
    /// | `logLevel` | `ROOST_LOG_LEVEL` | `info` |
    init(reader: ConfigReader, defaultStore: StoreLocation) throws(Failure) {
        concurrency = System.coreCount * 4
        store = defaultStore
        if let text = reader.string(forKey: "store", isSecret: true) { store = try StoreLocation(text) }
        registry = reader.string(forKey: "registry", isSecret: true)
        cluster = try Self.name(reader, "cluster") ?? cluster
        host = reader.string(forKey: "host", default: host)
        advertise = reader.string(forKey: "advertise")
        port = try Self.int(reader, "port", 0...65_535) ?? port
        consolePort = try Self.int(reader, "consolePort", 0...65_535) ?? consolePort
        meshPort = try Self.int(reader, "meshPort", 0...65_535) ?? meshPort
        concurrency = try Self.int(reader, "concurrency", 1...100_000) ?? concurrency
        if let queues = reader.stringArray(forKey: "queues") {
            self.queues = queues
            for queue in queues where !JobName.isValid(queue) {
                throw Failure(.configuration, "queues: \(queue.debugDescription) is no name for a queue")
            }
            guard (1...100).contains(queues.count) else {
                throw Failure(.configuration, "queues: name 1 to 100 queues")
            }
        }
        demo = reader.bool(forKey: "demo", default: demo)
        demoWorkSeconds = min(max(0, reader.double(forKey: "demoWorkSeconds", default: demoWorkSeconds)), 3600)
        insecure = reader.bool(forKey: "insecure", default: insecure)
        cookies = (reader.string(forKey: "cookie", isSecret: true) ?? "").split(separator: ",").prefix(2).map(
            String.init)
        name = reader.string(forKey: "name")
        drain = .seconds(try Self.int(reader, "drainSeconds", 0...86_400) ?? 25)
        resultTTL = try Self.int(reader, "resultTtl", 0...315_360_000).map { .seconds($0) }
        maxAttempts = try Self.int(reader, "maxAttempts", 1...JobLimits.attempts) ?? maxAttempts
        if let text = reader.string(forKey: "logFormat") {
            guard let format = LogFormat(rawValue: text) else {
                throw Failure(.configuration, "log format: expected auto, text or json")
            }
            logFormat = format
        }
        logLevel = reader.string(forKey: "logLevel", default: logLevel)
    }

    private static func int(
        _ reader: ConfigReader, _ key: ConfigKey, _ range: ClosedRange<Int>
    ) throws(Failure) -> Int? {
        // Read as text first: a value that is no number must be an error, not the default.
        guard let value = reader.int(forKey: key) else {
            if let text = reader.string(forKey: key) {
                throw Failure(.configuration, "\(key): \(text.debugDescription) is no whole number")
            }
            return nil
        }
        guard range.contains(value) else {
            throw Failure(.configuration, "\(key): \(value) is not in \(range.lowerBound)…\(range.upperBound)")
        }
        return value
    }

    private static func name(_ reader: ConfigReader, _ key: ConfigKey) throws(Failure) -> String? {
        guard let text = reader.string(forKey: key) else { return nil }
        let allowed = text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2E, 0x2D: true
            default: false
            }
        }
        guard allowed, (1...64).contains(text.utf8.count) else {
            throw Failure(.configuration, "\(key): 1 to 64 characters of A-Z a-z 0-9 _ . -")
        }
        return text
    }
}
