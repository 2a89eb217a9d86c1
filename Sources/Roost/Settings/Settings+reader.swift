import Configuration
import NIOCore
import NIOPosix
import RoostJobs
import RoostNode
import RoostWebhooks

extension Settings {
    /// Reads every setting; what a reader does not have keeps its default.
    ///
    /// | key | environment | default |
    /// |---|---|---|
    /// | `store` | `ROOST_STORE`; `REDIS_HOST`, `REDIS_PORT` | `sqlite:./roost.db` for `up`, else `redis://127.0.0.1:6379` |
    /// | `registry` | `ROOST_REGISTRY` (any Redis URL) | the store's Redis |
    /// | `cluster` | `ROOST_CLUSTER` | `roost` |
    /// | `host` | `ROOST_HOST` | `127.0.0.1` |
    /// | `advertise` | `ROOST_ADVERTISE` | what peers reach |
    /// | `port` | `ROOST_PORT`, `PORT` | 4000 |
    /// | `consolePort` | `ROOST_CONSOLE_PORT` | 5984 |
    /// | `meshPort` | `ROOST_MESH_PORT` | 4370 |
    /// | `concurrency` | `ROOST_CONCURRENCY`, `MAX_CONCURRENCY` | cores × 4 |
    /// | `queues` | `ROOST_QUEUES` (`NAME` or `NAME=SLOTS`) | `default` |
    /// | `leaseSeconds` | `ROOST_LEASE_SECONDS` | 15 |
    /// | `maxCrashes` | `ROOST_MAX_CRASHES` | 3 |
    /// | `cancelGraceSeconds` | `ROOST_CANCEL_GRACE_SECONDS` | 10 |
    /// | `demo` | `ROOST_DEMO` | false |
    /// | `demoWorkSeconds` | `ROOST_DEMO_WORK_SECONDS` | 3 |
    /// | `insecure` | `ROOST_INSECURE` | false |
    /// | `auth` | `ROOST_AUTH` (`required`, `off`) | required off loopback and with an admin token; else off |
    /// | `adminToken` | `ROOST_ADMIN_TOKEN` (32 characters or more) | none |
    /// | `cookie` | `ROOST_COOKIE` (two, separated by a comma, while one replaces the other) | none |
    /// | `meshCert`, `meshKey`, `meshCa` | `ROOST_MESH_CERT`, `ROOST_MESH_KEY`, `ROOST_MESH_CA` (PEM files) | no TLS |
    /// | `name` | `ROOST_NAME`, `CONSUMER_NAME` | `role@host:mesh-port` |
    /// | `drainSeconds` | `ROOST_DRAIN_SECONDS` | 25 |
    /// | `resultTtl` | `ROOST_RESULT_TTL`, `REDIS_TTL` (seconds) | 3600; 604800 on SQLite |
    /// | `maxAttempts` | `ROOST_MAX_ATTEMPTS`, `MAX_ATTEMPTS` | 3 |
    /// | `keepDone`, `keepFailed`, `keepCancelled` | `ROOST_KEEP_DONE`, … (jobs) | 1,000,000; 100,000; 100,000 |
    /// | `headerSeconds`, `bodySeconds`, `idleSeconds` | `ROOST_HEADER_SECONDS`, … | 10; 30; 60 |
    /// | `maxHeaderBytes`, `maxBodyBytes`, `maxBulkBytes` | `ROOST_MAX_HEADER_BYTES`, … | 16 KiB; 1 MiB; 32 MiB |
    /// | `maxHeldBytes` | `ROOST_MAX_HELD_BYTES` | 256 MiB |
    /// | `maxConnections`, `maxRequests`, `maxWaiting` | `ROOST_MAX_CONNECTIONS`, … | 10,000; 512; 5,000 |
    /// | `maxQueueingMilliseconds`, `burstMilliseconds` | `ROOST_MAX_QUEUEING_MILLISECONDS`, … | 100; 200 |
    /// | `cors` | `ROOST_CORS` (origins, separated by commas; `*`: all) | none |
    /// | `webhookAllowPrivate` | `ROOST_WEBHOOK_ALLOW_PRIVATE` (private receivers, and without TLS) | false |
    /// | `timeZones` | `ROOST_TIME_ZONES` (a directory) | `/usr/share/zoneinfo` |
    /// | `streamKey` | `ROOST_STREAM_KEY`, `STREAM_KEY` (empty: nothing is taken in) | `jobs:work` |
    /// | `consumerGroup` | `ROOST_CONSUMER_GROUP`, `CONSUMER_GROUP` | `roost` |
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
            for queue in queues where QueueShare(queue) == nil {
                throw Failure(
                    .configuration, "queues: \(queue.debugDescription) is no name for a queue, nor NAME=SLOTS")
            }
            // Its jobs are made of what the API's process knows and may reach.
            if queues.contains(where: { QueueShare($0)?.queue == DeliveryOrder.queue }) {
                throw Failure(.configuration, "queues: \(DeliveryOrder.queue) is served where the API is")
            }
            guard (1...100).contains(queues.count) else {
                throw Failure(.configuration, "queues: name 1 to 100 queues")
            }
        }
        lease = try Self.int(reader, "leaseSeconds", 1...3600).map { .seconds($0) } ?? lease
        maxCrashes = try Self.int(reader, "maxCrashes", 1...1000) ?? maxCrashes
        cancelGrace = try Self.int(reader, "cancelGraceSeconds", 0...3600).map { .seconds($0) } ?? cancelGrace
        demo = reader.bool(forKey: "demo", default: demo)
        demoWorkSeconds = min(max(0, reader.double(forKey: "demoWorkSeconds", default: demoWorkSeconds)), 3600)
        insecure = reader.bool(forKey: "insecure", default: insecure)
        if let text = reader.string(forKey: "auth") {
            guard let auth = Auth(rawValue: text) else {
                throw Failure(.configuration, "auth: expected required or off")
            }
            self.auth = auth
        }
        adminToken = reader.string(forKey: "adminToken", isSecret: true).flatMap { $0.isEmpty ? nil : $0 }
        cookies = (reader.string(forKey: "cookie", isSecret: true) ?? "").split(separator: ",").prefix(2).map(
            String.init)
        meshCert = reader.string(forKey: "meshCert")
        meshKey = reader.string(forKey: "meshKey")
        meshCA = reader.string(forKey: "meshCa")
        name = reader.string(forKey: "name")
        drain = .seconds(try Self.int(reader, "drainSeconds", 0...86_400) ?? 25)
        resultTTL = try Self.int(reader, "resultTtl", 0...315_360_000).map { .seconds($0) }
        maxAttempts = try Self.int(reader, "maxAttempts", 1...JobLimits.attempts) ?? maxAttempts
        let kept = 0...1_000_000_000
        retention.done = try Self.int(reader, "keepDone", kept) ?? retention.done
        retention.failed = try Self.int(reader, "keepFailed", kept) ?? retention.failed
        retention.cancelled = try Self.int(reader, "keepCancelled", kept) ?? retention.cancelled
        door = try DoorSettings(reader: reader)
        webhooks.allowsPrivate = reader.bool(forKey: "webhookAllowPrivate", default: false)
        timeZones = reader.string(forKey: "timeZones", default: timeZones)
        streamKey = try Self.key(reader, "streamKey", 0...512) ?? streamKey
        consumerGroup = try Self.key(reader, "consumerGroup", 1...512) ?? consumerGroup
        if let text = reader.string(forKey: "logFormat") {
            guard let format = LogFormat(rawValue: text) else {
                throw Failure(.configuration, "log format: expected auto, text or json")
            }
            logFormat = format
        }
        logLevel = reader.string(forKey: "logLevel", default: logLevel)
    }

    /// A whole number within bounds; nil where nothing is said.
    static func int(
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

    /// A name for something on the Redis: anything a person can type.
    private static func key(
        _ reader: ConfigReader, _ key: ConfigKey, _ length: ClosedRange<Int>
    ) throws(Failure) -> String? {
        guard let text = reader.string(forKey: key) else { return nil }
        guard length.contains(text.utf8.count), text.utf8.allSatisfy({ $0 > 32 && $0 != 127 }) else {
            throw Failure(.configuration, "\(key): at most \(length.upperBound) bytes without white space")
        }
        return text
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
