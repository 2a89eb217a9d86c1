public import RoostJobs
public import RoostWebhooks

/// How the HTTP side of a node behaves. Every limit is here.
public struct APIConfiguration: Sendable {
    /// The address to listen on.
    public var host: String
    /// The port to listen on; 0 picks a free one.
    public var port: Int
    /// Who answers, as `api@host:port`: the `accepted_by` of a reply.
    public var member: String
    /// What `GET /version` says.
    public var version: String
    /// The `Server` header.
    public var serverName = "roost"

    /// The longest request body, bytes.
    public var maximumBodyBytes = 1 << 20
    /// The longest body of `POST /jobs/bulk`, bytes.
    public var maximumBulkBytes = 32 << 20
    /// What the bodies of all requests, the jobs of bulks and long replies may hold together, bytes; more are answered 503.
    /// At least what one of the longest body needs.
    public var maximumHeldBytes = 256 << 20
    /// The longest request head, bytes: at least 256.
    public var maximumHeaderBytes = 16 << 10
    /// The longest request target (path and query), bytes.
    public var maximumTargetBytes = 8 << 10
    /// How many header fields a request may have.
    public var maximumHeaderFields = 100
    /// How long a request head may take to arrive, from its first byte.
    public var headerDeadline = Duration.seconds(10)
    /// How long a body may take to arrive, from the end of its head.
    public var bodyDeadline = Duration.seconds(30)
    /// How long a connection may be silent between requests, and how long a client may take nothing of its reply.
    public var idleTimeout = Duration.seconds(60)
    /// How long a connection is read on after a refusal, so that the client sees it.
    public var lingerTime = Duration.seconds(1)
    /// Open connections; more are answered 503, and a multiple of them waits in the backlog.
    public var maximumConnections = 10_000
    /// Requests served at a time; more are answered 503 at once, so that those that are in are served in time. Probes,
    /// and requests that wait for something to happen, do not count.
    public var maximumRequests = 512
    /// How long requests may queue for a thread, beyond which new ones are answered 503 at once; see `AdmissionMachine`.
    public var maximumQueueing = Duration.milliseconds(100)
    /// How long they may queue for longer: a burst is no overload.
    public var burst = Duration.milliseconds(200)
    /// Requests that wait for something to happen at a time; more are answered 503.
    public var maximumWaiting = 5000
    /// The longest a request may wait for a job's end, however long its client prefers to.
    public var maximumWait = Duration.seconds(60)
    /// Event streams open at a time; more are answered 503.
    public var maximumStreams = 1000
    /// After so long without an event a stream says that it lives, and whoever follows a job looks again in case a hint
    /// was lost.
    public var streamPing = Duration.seconds(15)
    /// How long a client should wait before it opens a stream anew.
    public var streamRetry = Duration.seconds(2)
    /// Connections the kernel keeps waiting.
    public var backlog = 1024
    /// Where the rules of time zones are, for periodic jobs.
    public var timeZones = TimeZoneRules.systemDirectory
    /// Web pages from these origins (`https://example.org`) may use the API; `*` stands for all. None unless told.
    public var allowedOrigins: [String] = []
    /// How webhooks are told, and where they may be.
    public var webhooks = WebhookRules()
    /// Who may use the API.
    public var access = AccessPolicy.open
    /// The path below which browsers send the cookie of a session.
    public var sessionPath = "/"
    /// The tenant that all jobs of a request belong to; nil: whichever they say.
    var tenant: String?
    /// Whether a unique rule may cancel or move the job that is there.
    var mayReplace = true
    /// What this node counts of its requests. Copies of a configuration share it: routes and server count together.
    public let metrics = APIMetrics()
    /// How many issues of one job a reply lists.
    public var maximumIssues = 100

    /// The type of the jobs `POST /api/v1/work` makes.
    public var workType = "work"
    /// Their queue.
    public var workQueue = "default"
    /// How long their results are kept, from completion.
    public var workResultTTL: Duration
    /// Attempts that may fail, for them and for jobs that do not say.
    public var maxAttempts: Int
    /// How long the result of a job is kept that does not say.
    public var resultTTL: Duration

    /// A configuration; what is not named here starts with the value above.
    public init(
        host: String = "127.0.0.1", port: Int = 4000, member: String, version: String = "0.0.0",
        maxAttempts: Int = JobDefaults.maxAttempts, resultTTL: Duration = JobDefaults.resultTTL,
        workResultTTL: Duration? = nil
    ) {
        self.host = host
        self.port = port
        self.member = member
        self.version = version
        self.maxAttempts = maxAttempts
        self.resultTTL = resultTTL
        self.workResultTTL = workResultTTL ?? resultTTL
    }

    /// `maximumHeldBytes`, so much at least that a bulk of the largest size gets in when nothing else is held.
    var heldBytes: Int {
        let bulk = JobLimits.batch * MemoryLayout<NewJob>.stride
        let body = max(0, maximumBodyBytes, maximumBulkBytes)
        return max(maximumHeldBytes, body > .max - bulk ? .max : body + bulk)
    }
}
