/// What a worker that speaks HTTP may ask for.
enum LeaseLimits {
    /// Jobs in one call.
    static let jobs = 1...100
    /// How long a lease holds unless extended, seconds.
    static let seconds = 5.0...3600
    static let standard = Duration.seconds(30)
    /// The longest poll, seconds.
    static let wait = 0.0...30
    /// Queues or types in one call.
    static let names = 100
    /// Lines of the log in one call.
    static let lines = 100
    /// The payloads of one reply, bytes; the first job comes whatever its size.
    static let replyBytes = 8 << 20
    /// The name of a worker that does not say.
    static let worker = "http"
}
