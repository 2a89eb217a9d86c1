/// How often a member beats and for how long it is believed.
public struct MembershipConfiguration: Sendable {
    /// Time between two beats.
    public var interval: Duration = .seconds(5)
    /// By which part of it, up and down, the time is varied, so that members do not beat in step; 0 to 0.9.
    public var jitter: Double = 0.2
    /// The shortest time between two beats, whatever the hints.
    public var minimumGap: Duration = .milliseconds(100)
    /// For how long one beat counts; at most ten minutes.
    public var ttl: Duration = .seconds(15)
    /// Wait after the first failed beat; it doubles with each further one, jittered.
    public var retryMinimum: Duration = .milliseconds(500)
    /// The longest wait between two attempts.
    public var retryMaximum: Duration = .seconds(5)
    /// For how long lost and left members stay in view.
    public var retention: Duration = .seconds(600)
    /// How long the members known are believed after the registry came back, while they register again.
    public var settle: Duration = .seconds(15)

    /// The defaults.
    public init() {}
}
