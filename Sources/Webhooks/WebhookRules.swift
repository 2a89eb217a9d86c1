public import RoostJobs

/// How deliveries are made. Every limit is here.
public struct WebhookRules: Sendable, Equatable {
    /// Whether receivers may be on this machine or in its private networks, and be spoken to without TLS. Whoever may
    /// make webhooks can then reach whatever this process can.
    public var allowsPrivate = false
    /// How long it may take to connect, the lookup of the name included.
    public var connectTimeout = Duration.seconds(5)
    /// How long one delivery may take from start to end.
    public var timeout = Duration.seconds(15)
    /// Attempts that may fail.
    public var maxAttempts = 8
    /// How long to wait between them: about a day in all.
    public var retry = RetryPolicy(
        .list([5, 60, 300, 1800, 7200, 21_600, 50_400].map { .seconds($0) }), jitter: 0.2)
    /// The longest wait a receiver may ask for with `Retry-After`.
    public var longestRetryAfter = Duration.seconds(86_400)
    /// How long a delivery that got through is kept, for looking at it and for sending it again.
    public var keepDelivered = Duration.seconds(86_400)
    /// Attempts that a webhook's log keeps.
    public var logLength = 1000
    /// Results up to so many bytes are delivered with the event; of longer ones it is said that they were left out.
    public var resultBytes = 64 << 10
    /// How much of a receiver's answer is read.
    public var answerBytes = 4 << 10
    /// A webhook to which nothing got through for so long is switched off.
    public var patience = Duration.seconds(3 * 86_400)
    /// How many webhooks there may be.
    public var mostWebhooks = 200
    /// Deliveries that one process makes at a time.
    public var concurrency = 16
    /// Ends looked at in one step.
    public var batch = 200
    /// How long a dispatcher waits for an end before it looks around.
    public var wait = Duration.seconds(20)

    /// The defaults.
    public init() {}
}
