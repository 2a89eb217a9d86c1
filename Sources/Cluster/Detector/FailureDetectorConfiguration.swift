/// When a silent or unreachable member is suspected, and when it is given up.
///
/// Values outside what makes sense are brought to the nearest that does.
public struct FailureDetectorConfiguration: Sendable {
    /// How often it is looked who was heard. A look late by more than two of these means that this process slept.
    public var interval: Duration = .milliseconds(500)
    /// After how long without a frame a member is suspected; grows with this process's own troubles, up to eight times.
    public var silence: Duration = .seconds(3)
    /// How many members are asked to probe a suspect.
    public var probers = 3
    /// How long a probe may take; a suspect is probed again after it.
    public var probeTimeout: Duration = .milliseconds(1500)
    /// How long after its suspicion a silent member is down.
    public var grace: Duration = .seconds(5)
    /// For how long what another member witnessed counts.
    public var testimonyLifetime: Duration = .seconds(10)
    /// For how long an incarnation that was down stays refused.
    public var tombstoneLifetime: Duration = .seconds(3600)
    /// The most such incarnations remembered; the oldest are forgotten first.
    public var maximumTombstones = 4096
    /// After how long on time this process is trusted a step more again.
    public var recovery: Duration = .seconds(10)
    /// How often members tell each other whom they are connected to.
    public var exchangeInterval: Duration = .seconds(30)

    /// The defaults.
    public init() {}

    func clamped() -> FailureDetectorConfiguration {
        var result = self
        let day = Duration.seconds(86_400)
        result.interval = min(max(interval, .milliseconds(5)), .seconds(10))
        result.silence = min(max(silence, result.interval), day)
        result.probers = min(max(probers, 0), 16)
        result.probeTimeout = min(max(probeTimeout, result.interval), day)
        result.grace = min(max(grace, result.interval), day)
        result.testimonyLifetime = min(max(testimonyLifetime, .milliseconds(100)), day)
        result.tombstoneLifetime = min(max(tombstoneLifetime, .seconds(1)), day)
        result.maximumTombstones = min(max(maximumTombstones, 16), 65_536)
        result.recovery = min(max(recovery, result.interval), day)
        result.exchangeInterval = min(max(exchangeInterval, .milliseconds(10)), day)
        return result
    }
}
