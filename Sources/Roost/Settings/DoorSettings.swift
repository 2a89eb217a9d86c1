import Configuration
import RoostAPI
import RoostJobs

/// What the API takes of one client and of all together, and which web pages may use it.
struct DoorSettings: Sendable, Equatable {
    /// How long a request head may take.
    var headerDeadline: Duration
    /// How long a body may take.
    var bodyDeadline: Duration
    /// How long a connection may be silent.
    var idleTimeout: Duration
    /// The longest head, bytes.
    var maxHeaderBytes: Int
    /// The longest body, bytes.
    var maxBodyBytes: Int
    /// The longest body of a bulk submit, bytes.
    var maxBulkBytes: Int
    /// What all bodies and long replies may hold in memory, bytes.
    var maxHeldBytes: Int
    /// Open connections.
    var maxConnections: Int
    /// Requests served at a time.
    var maxRequests: Int
    /// How long requests may queue for a thread.
    var maxQueueing: Duration
    /// How long they may queue for longer than that.
    var burst: Duration
    /// Requests that wait for something to happen at a time.
    var maxWaiting: Int
    /// Origins whose web pages may use the API; `*`: all.
    var cors: [String]

    /// The API's own.
    init() {
        let standard = APIConfiguration(member: "")
        headerDeadline = standard.headerDeadline
        bodyDeadline = standard.bodyDeadline
        idleTimeout = standard.idleTimeout
        maxHeaderBytes = standard.maximumHeaderBytes
        maxBodyBytes = standard.maximumBodyBytes
        maxBulkBytes = standard.maximumBulkBytes
        maxHeldBytes = standard.maximumHeldBytes
        maxConnections = standard.maximumConnections
        maxRequests = standard.maximumRequests
        maxQueueing = standard.maximumQueueing
        burst = standard.burst
        maxWaiting = standard.maximumWaiting
        cors = standard.allowedOrigins
    }

    /// Reads what a reader has of them.
    init(reader: ConfigReader) throws(Failure) {
        self.init()
        let seconds = 1...3600
        headerDeadline = try Settings.int(reader, "headerSeconds", seconds).map { .seconds($0) } ?? headerDeadline
        bodyDeadline = try Settings.int(reader, "bodySeconds", seconds).map { .seconds($0) } ?? bodyDeadline
        idleTimeout = try Settings.int(reader, "idleSeconds", seconds).map { .seconds($0) } ?? idleTimeout
        maxHeaderBytes = try Settings.int(reader, "maxHeaderBytes", 1024...(1 << 20)) ?? maxHeaderBytes
        maxBodyBytes = try Settings.int(reader, "maxBodyBytes", 1024...(64 << 20)) ?? maxBodyBytes
        maxBulkBytes = try Settings.int(reader, "maxBulkBytes", 1024...(1 << 30)) ?? maxBulkBytes
        maxHeldBytes = try Settings.int(reader, "maxHeldBytes", (1 << 20)...(1 << 40)) ?? maxHeldBytes
        maxConnections = try Settings.int(reader, "maxConnections", 1...1_000_000) ?? maxConnections
        maxRequests = try Settings.int(reader, "maxRequests", 1...1_000_000) ?? maxRequests
        let milliseconds = 1...60_000
        maxQueueing =
            try Settings.int(reader, "maxQueueingMilliseconds", milliseconds).map { .milliseconds($0) } ?? maxQueueing
        burst = try Settings.int(reader, "burstMilliseconds", milliseconds).map { .milliseconds($0) } ?? burst
        maxWaiting = try Settings.int(reader, "maxWaiting", 1...1_000_000) ?? maxWaiting
        if let origins = reader.stringArray(forKey: "cors") {
            cors = origins.filter { !$0.isEmpty }
            for origin in cors where !Self.isOrigin(origin) {
                throw Failure(
                    .configuration, "cors: \(origin.debugDescription) is no origin as https://example.org, nor *")
            }
        }
    }

    /// Puts them into the API's configuration.
    func apply(to configuration: inout APIConfiguration) {
        configuration.headerDeadline = headerDeadline
        configuration.bodyDeadline = bodyDeadline
        configuration.idleTimeout = idleTimeout
        configuration.maximumHeaderBytes = maxHeaderBytes
        configuration.maximumBodyBytes = maxBodyBytes
        configuration.maximumBulkBytes = maxBulkBytes
        configuration.maximumHeldBytes = maxHeldBytes
        configuration.maximumConnections = maxConnections
        configuration.maximumRequests = maxRequests
        configuration.maximumQueueing = maxQueueing
        configuration.burst = burst
        configuration.maximumWaiting = maxWaiting
        configuration.allowedOrigins = cors
    }

    /// As `roost config` shows them.
    var rows: [(key: String, value: String)] {
        [
            ("header-time", "\(headerDeadline)"), ("body-time", "\(bodyDeadline)"), ("idle-time", "\(idleTimeout)"),
            ("max-header", "\(maxHeaderBytes)"), ("max-body", "\(maxBodyBytes)"), ("max-bulk", "\(maxBulkBytes)"),
            ("max-held", "\(maxHeldBytes)"), ("max-conns", "\(maxConnections)"), ("max-requests", "\(maxRequests)"),
            ("max-queueing", "\(maxQueueing)"), ("burst", "\(burst)"), ("max-waiting", "\(maxWaiting)"),
            ("cors", cors.isEmpty ? "(none)" : cors.joined(separator: ",")),
        ]
    }

    /// What a browser sends as `Origin`: a scheme and an authority, in lower case, and nothing behind them.
    private static func isOrigin(_ text: String) -> Bool {
        if text == "*" { return true }
        guard let scheme = ["http://", "https://"].first(where: text.hasPrefix) else { return false }
        let rest = text.dropFirst(scheme.count)
        return !rest.isEmpty && rest.utf8.count <= 260
            && rest.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x61...0x7A, 0x2D, 0x2E, 0x3A, 0x5B, 0x5D: true
                default: false
                }
            }
    }
}
