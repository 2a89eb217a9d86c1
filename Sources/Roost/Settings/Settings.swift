import RoostJobs
import RoostWebhooks

/// Everything one process is told: by flags, the environment, a file, in that order.
struct Settings: Sendable, Equatable {
    /// Where jobs rest.
    var store: StoreLocation = .sqlite(path: "./roost.db")
    /// Where members find each other; nil: the store's Redis, or this process alone.
    var registry: String?
    /// The name space of the store and the name of the cluster.
    var cluster = "roost"
    /// The address that is listened on.
    var host = "127.0.0.1"
    /// The address peers are told; nil: `host`, or the one that peers reach where `host` is every address.
    var advertise: String?
    /// The API's port; 0 picks one.
    var port = 4000
    /// The console's port; 0 picks one.
    var consolePort = 5984
    /// The mesh's port; 0 picks one.
    var meshPort = 4370
    /// Jobs that run at the same time.
    var concurrency = 4
    /// The queues a node serves, each a name or `name=slots`.
    var queues = [JobDefaults.queue]
    /// How long a claim holds unless its node extends it; after that others take the job over.
    var lease = Duration.seconds(15)
    /// How often a job may take its worker down before it is a dead letter.
    var maxCrashes = JobDefaults.maxCrashes
    /// How long the handler of a cancelled job may take to end.
    var cancelGrace = Duration.seconds(10)
    /// Whether the demo handlers are registered.
    var demo = false
    /// How long the demo's `work` handler pauses.
    var demoWorkSeconds = 3.0
    /// Whether listening off loopback without credentials is wanted.
    var insecure = false
    /// Whether a token is asked for; nil: as `access` says.
    var auth: Auth?
    /// A token that may do everything and is in no store.
    var adminToken: String?
    /// The mesh's shared secrets, the newest first.
    var cookies: [String] = []
    /// PEM files of the mesh's mutual TLS: this member's certificate, its key, and the authority; all or none.
    var meshCert: String?
    var meshKey: String?
    var meshCA: String?
    /// The member's name; nil: `role@address:mesh-port`.
    var name: String?
    /// How long running jobs may take after SIGTERM.
    var drain = Duration.seconds(25)
    /// How long a result is kept where a job does not say.
    var resultTTL: Duration?
    /// Attempts that may fail where a job does not say.
    var maxAttempts = JobDefaults.maxAttempts
    /// How many ended jobs are kept.
    var retention = Retention()
    /// What the API takes of its clients.
    var door = DoorSettings()
    /// How webhooks are told, and where they may be.
    var webhooks = WebhookRules()
    /// Where the rules of time zones are.
    var timeZones = TimeZoneRules.systemDirectory
    /// The stream that foreign producers add jobs to, on the store's Redis; empty: none.
    var streamKey = "jobs:work"
    /// The stream's consumer group.
    var consumerGroup = "roost"
    /// How a line of the log looks.
    var logFormat = LogFormat.automatic
    /// What is logged.
    var logLevel = "info"

    enum Auth: String, Sendable {
        case required
        case off
    }

    enum LogFormat: String, Sendable {
        case automatic = "auto"
        case text
        case json
    }

    /// A result's time to live: an hour where memory is what it costs, a week on a disk.
    var effectiveResultTTL: Duration {
        if let resultTTL { return resultTTL }
        if case .sqlite = store { return .seconds(7 * 86_400) }
        return JobDefaults.resultTTL
    }

    /// Whether only this machine can reach what listens on `host`.
    var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }
}

/// Where jobs rest, from `redis://…`, `rediss://…`, `redis+sentinel://…`, `redis+cluster://…`, `unix:…`, `sqlite:PATH` or
/// `memory:`.
enum StoreLocation: Sendable, Equatable {
    case redis(url: String)
    case sqlite(path: String)
    case memory

    init(_ text: String) throws(Failure) {
        if text == "memory" || text == "memory:" {
            self = .memory
        } else if text.hasPrefix("sqlite:") {
            var path = text.dropFirst("sqlite:".count)
            if path.hasPrefix("//") { path = path.dropFirst(2) }
            guard !path.isEmpty else {
                throw Failure(.configuration, "--store sqlite: needs a path: sqlite:./roost.db")
            }
            self = .sqlite(path: String(path))
        } else if Self.redisSchemes.contains(where: text.hasPrefix) {
            self = .redis(url: text)
        } else {
            throw Failure(
                .configuration,
                "--store: expected redis://HOST:PORT, rediss://…, redis+sentinel://HOST:PORT,…/MASTER, "
                    + "redis+cluster://HOST:PORT,…, unix:///PATH, sqlite:PATH or memory:")
        }
    }

    private static let redisSchemes = [
        "redis://", "rediss://", "redis+sentinel://", "redis+cluster://", "unix:", "redis+unix:",
    ]
}
