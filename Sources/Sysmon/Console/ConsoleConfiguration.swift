/// The web console's limits.
public struct ConsoleConfiguration: Sendable {
    /// Event streams open at once; one more is answered with 503.
    public var maximumStreams = 100
    /// Time without anything written after which a stream gets a comment, so that proxies keep it.
    public var ping: Duration = .seconds(15)
    /// How long a browser waits before it comes back.
    public var retry: Duration = .seconds(2)
    /// The least time between two hints about the job that a page shows.
    public var hintInterval: Duration = .milliseconds(200)
    /// How old what members say of their connections, and the sample of times, may be.
    public var interval: Duration = .seconds(4)

    /// The defaults.
    public init() {}
}
