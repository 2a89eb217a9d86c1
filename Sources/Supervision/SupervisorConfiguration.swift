/// When a supervisor starts a duty again, and when it gives up.
public struct SupervisorConfiguration: Sendable, Equatable {
    /// The wait before the first restart of a series; it doubles with each.
    public var backoffBase: Duration
    /// The longest wait before a restart.
    public var backoffCap: Duration
    /// How much a wait is spread, as a share of itself each way: 0.2 is ± 20 %.
    public var jitter: Double
    /// A run this long ends a series: the next failure waits `backoffBase` again.
    public var steadyAfter: Duration
    /// This many restarts within `restartWindow` are borne; one more ends the supervisor.
    public var maximumRestarts: Int
    /// The time over which restarts are counted.
    public var restartWindow: Duration

    /// A configuration; values out of range are clamped.
    public init(
        backoffBase: Duration = .milliseconds(100), backoffCap: Duration = .seconds(5), jitter: Double = 0.2,
        steadyAfter: Duration = .seconds(30), maximumRestarts: Int = 10, restartWindow: Duration = .seconds(60)
    ) {
        let hour = Duration.seconds(3600)
        self.backoffBase = min(max(.zero, backoffBase), hour)
        self.backoffCap = min(max(.zero, backoffCap), hour)
        self.jitter = min(max(0, jitter.isFinite ? jitter : 0), 1)
        self.steadyAfter = max(.zero, steadyAfter)
        self.maximumRestarts = min(max(0, maximumRestarts), 10_000)
        self.restartWindow = max(.zero, restartWindow)
    }
}
